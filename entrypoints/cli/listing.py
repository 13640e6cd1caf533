import asyncio
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

import typer

from domain.listings.booking import BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from entrypoints.cli import options
from entrypoints.cli.identity import DEMO_USER
from entrypoints.http.listing_media.requests import UpsertListingBody
from entrypoints.reading.bookings import BookingBody


def register(app: typer.Typer) -> None:
    app.command()(listing)


def listing(
    listing: Annotated[UUID | None, typer.Option(help="Its id; a new one when left out.", show_default=False)] = None,
    kind: Annotated[ListingKind, typer.Option(help="A DEVELOPMENT takes documents and renders too.")] = (
        ListingKind.PROPERTY
    ),
    user: Annotated[UUID, typer.Option(help="Its owner and photographer.")] = DEMO_USER,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Make a listing that awaits media, to try things out, and print its id.

    In real life the marketplace tells Vitrine of its listings and bookings.

    For example:

      vitrine upload photos --listing $(vitrine listing)

      vitrine upload plans --project --listing $(vitrine listing --kind DEVELOPMENT)
    """
    listing_id = listing or uuid4()
    asyncio.run(_put(options.connect(api, token), listing_id, awaiting_media(kind, user)))
    typer.echo(str(listing_id))


def awaiting_media(kind: ListingKind, user: UUID) -> UpsertListingBody:
    """Owned and photographed by the same user, whose booking is done."""
    now = datetime.now(UTC)
    booking = BookingBody(id=uuid4(), photographer_id=user, status=BookingStatus.DONE, scheduled_at=now)
    status = ListingStatus.PENDING_PHOTO_PROCESSING
    return UpsertListingBody(owner_id=user, kind=kind, status=status, bookings=[booking])


async def _put(connection: options.Connection, listing_id: UUID, body: UpsertListingBody) -> None:
    async with connection as client:
        await client.put_listing(listing_id, body)
