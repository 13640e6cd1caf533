from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.listings.upsert_listing import UpsertListing, UpsertListingCommand
from domain.ids import ListingId, UserId
from domain.listings.listing import Listing
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import listings
from entrypoints.http.listing_media.requests import UpsertListingBody
from entrypoints.http.listing_media.responses import BookingFactsBody, ListingBody
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.reading.bookings import bookings_at


@put(
    "/{listing_id:uuid}",
    summary="Tell of a listing and its bookings",
    responses=answers(
        {
            HTTPStatus.CREATED: Success("A listing that was not known.", listings.LISTING),
            HTTPStatus.OK: Success("The listing as it is now.", listings.LISTING),
        },
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["CONCURRENT_UPDATE"],
        },
    ),
)
async def put_listing(
    request: JsonRequest,
    listing_id: FromPath[UUID],
    data: Annotated[UpsertListingBody, shown(listings.LISTING_FACTS)],
    upsert_listing: NamedDependency[UpsertListing],
) -> Response[bytes]:
    """For services and admins. What is sent replaces what was there, bookings included."""
    upserted = await upsert_listing(
        UpsertListingCommand(
            principal=request.user,
            listing_id=ListingId(listing_id),
            owner_id=UserId(data.owner_id),
            kind=data.kind,
            status=data.status,
            bookings=bookings_at({f"/bookings/{place}": booking for place, booking in enumerate(data.bookings)}),
        )
    )
    status = HTTPStatus.CREATED if upserted.created else HTTPStatus.OK
    return answer(_body(upserted.listing), status)


def _body(listing: Listing) -> ListingBody:
    return ListingBody(
        listing_id=listing.id,
        owner_id=listing.owner_id,
        kind=listing.kind,
        status=listing.status,
        bookings=[
            BookingFactsBody(
                id=booking.id,
                photographer_id=booking.photographer_id,
                status=booking.status,
                scheduled_at=booking.scheduled_at,
            )
            for booking in listing.bookings
        ],
        created_at=listing.created_at,
        updated_at=listing.updated_at,
    )
