"""The marketplace has published facts of one booking: they may be late, and may have come before."""

from dataclasses import dataclass
from datetime import datetime

from application.listings.take_listing_facts import CONSUMER
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import ListingId, StoreId
from domain.listings.booking import Booking
from domain.listings.errors import ListingNotFound, ListingOfAnotherStore
from domain.listings.moments import require_past


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBookingFactsCommand:
    """`event_id` names the event among all events; it was so at `as_of`."""

    event_id: str
    listing_id: ListingId
    store_id: StoreId
    booking: Booking
    as_of: datetime


class TakeBookingFacts:
    """Answers whether they say anything new.

    Raises ListingNotFound, since those of the listing may be on their way; FactsFromTheFuture, ListingOfAnotherStore,
    TooManyBookings.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: TakeBookingFactsCommand) -> bool:
        now = self._clock.now()
        require_past(command.as_of, now=now)
        async with self._begin() as tx:
            if not await tx.processed_messages.first_time(CONSUMER, command.event_id, now=now):
                return False
            listing = await tx.listings.lock(command.listing_id)
            if listing is None:
                raise ListingNotFound(command.listing_id)
            if listing.store_id != command.store_id:
                raise ListingOfAnotherStore(listing.id)
            if not listing.take_booking(command.booking, as_of=command.as_of, now=now):
                return False
            await tx.listings.save(listing)
            await tx.commit()
        return True
