"""`vitrine.listings.v1`: what the marketplace publishes of its listings and bookings.

CloudEvents whose `time` is when it was so. They may come late, twice and in any order, and others may publish events of
their own beside them. Members that we do not know are left alone, where HTTP refuses them: the marketplace publishes
for many and may say more tomorrow, while whoever calls us is there to correct a slip.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.events.cloud_events import CloudEvent, read_cloud_event
from application.listings.take_booking_facts import TakeBookingFacts, TakeBookingFactsCommand
from application.listings.take_listing_facts import TakeListingFacts, TakeListingFactsCommand
from application.ports.messaging import Delivery
from domain.errors import Rejected, Violation
from domain.ids import ListingId, StoreId, UserId
from domain.listings.listing import MAX_BOOKINGS, ListingFacts, ListingKind, ListingStatus
from entrypoints.consumer.handling import Outcome
from entrypoints.reading.bookings import BookingBody, bookings_at
from entrypoints.reading.json_body import Body, read_json

LISTING_UPSERTED = "vitrine.listing.upserted"
BOOKING_UPSERTED = "vitrine.booking.upserted"


class BookingFactsBody(BookingBody, forbid_unknown_fields=False):
    """A photographer's appointment. `scheduledAt` orders bookings: the newest that is ACTIVE or DONE is current."""


class ListingUpsertedBody(msgspec.Struct, rename="camel"):
    """A listing and all its bookings, as they were at the event's `time`."""

    listing_id: UUID
    store_id: Annotated[UUID, Meta(description="For ever the same: a listing does not move to another store.")]
    owner_id: UUID
    kind: ListingKind
    status: ListingStatus
    bookings: Annotated[list[BookingFactsBody], Meta(max_length=MAX_BOOKINGS)]


class BookingUpsertedBody(msgspec.Struct, rename="camel"):
    """One booking of a listing that has been told of, as it was at the event's `time`."""

    listing_id: UUID
    store_id: UUID
    booking: BookingFactsBody


class ListingMessages:
    def __init__(self, *, take_listing: TakeListingFacts, take_booking: TakeBookingFacts) -> None:
        self._take_listing = take_listing
        self._take_booking = take_booking

    async def __call__(self, delivery: Delivery) -> Outcome:
        event = read_cloud_event(delivery)
        if event.type == LISTING_UPSERTED:
            news = await self._take_listing(_listing_command(event))
        elif event.type == BOOKING_UPSERTED:
            news = await self._take_booking(_booking_command(event))
        else:
            news = False
        return Outcome.APPLIED if news else Outcome.IGNORED


def _listing_command(event: CloudEvent) -> TakeListingFactsCommand:
    body, as_of = _read(event, ListingUpsertedBody)
    return TakeListingFactsCommand(
        event_id=event.identity,
        listing_id=ListingId(body.listing_id),
        store_id=StoreId(body.store_id),
        facts=ListingFacts(
            owner_id=UserId(body.owner_id),
            kind=body.kind,
            status=body.status,
            bookings=bookings_at({f"/bookings/{place}": booking for place, booking in enumerate(body.bookings)}),
            as_of=as_of,
        ),
    )


def _booking_command(event: CloudEvent) -> TakeBookingFactsCommand:
    body, as_of = _read(event, BookingUpsertedBody)
    (booking,) = bookings_at({"/booking": body.booking})
    return TakeBookingFactsCommand(
        event_id=event.identity,
        listing_id=ListingId(body.listing_id),
        store_id=StoreId(body.store_id),
        booking=booking,
        as_of=as_of,
    )


def _read(event: CloudEvent, expected: type[Body]) -> tuple[Body, datetime]:
    """The data, and when it was so. Raises Rejected with every violation."""
    without_time = Violation("", "MISSING_TIME", f"{event.type} needs the attribute time: when was it so?")
    further = [] if event.time else [without_time]
    body = read_json(event.data, expected, lambda _body, _found: iter(further))
    if event.time is None:
        raise Rejected(without_time.detail, further)
    return body, event.time
