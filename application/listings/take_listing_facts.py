"""The marketplace has published facts of a listing: they may be late, and may have come before."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import ListingId, StoreId
from domain.listings.errors import ListingOfAnotherStore
from domain.listings.listing import Listing, ListingFacts
from domain.listings.moments import require_past

CONSUMER = "vitrine.listings"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeListingFactsCommand:
    """`event_id` names the event among all events."""

    event_id: str
    listing_id: ListingId
    store_id: StoreId
    facts: ListingFacts


class TakeListingFacts:
    """Answers whether they say anything new. A listing that is not known begins with them.

    Raises FactsFromTheFuture, ListingOfAnotherStore, Rejected; ConcurrentUpdate when another consumer introduced the
    listing at the same time.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: TakeListingFactsCommand) -> bool:
        now = self._clock.now()
        require_past(command.facts.as_of, now=now)
        command.facts.require_distinct_bookings()
        async with self._begin() as tx:
            if not await tx.processed_messages.first_time(CONSUMER, command.event_id, now=now):
                return False
            listing = await tx.listings.lock(command.listing_id)
            if listing is None:
                listing = Listing.introduce(
                    listing_id=command.listing_id, store_id=command.store_id, facts=command.facts, now=now
                )
            elif listing.store_id != command.store_id:
                raise ListingOfAnotherStore(listing.id)
            elif not listing.take(command.facts, now=now):
                return False
            await tx.listings.save(listing)
            await tx.commit()
        return True
