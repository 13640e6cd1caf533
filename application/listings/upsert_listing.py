"""The marketplace tells us of a listing and its bookings, as they are at this moment."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import NotPermitted
from domain.ids import ListingId, UserId
from domain.listings.access import require_same_store
from domain.listings.booking import Booking
from domain.listings.listing import Listing, ListingFacts, ListingKind, ListingStatus
from domain.principal import Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertListingCommand:
    principal: Principal
    listing_id: ListingId
    owner_id: UserId
    kind: ListingKind
    status: ListingStatus
    bookings: tuple[Booking, ...]

    def facts(self, as_of: datetime) -> ListingFacts:
        return ListingFacts(
            owner_id=self.owner_id, kind=self.kind, status=self.status, bookings=self.bookings, as_of=as_of
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertedListing:
    listing: Listing
    created: bool


class UpsertListing:
    """What is told here is so now, and overrules whatever was known. May be repeated.

    Raises NotPermitted, Rejected, or ListingNotFound for a listing of another store.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: UpsertListingCommand) -> UpsertedListing:
        if not command.principal.has(Role.SERVICE, Role.ADMIN):
            raise NotPermitted("listings come from services and admins")
        now = self._clock.now()
        facts = command.facts(now)
        facts.require_distinct_bookings()
        async with self._begin() as tx:
            listing = await tx.listings.lock(command.listing_id)
            created = listing is None
            if listing is None:
                listing = Listing.introduce(
                    listing_id=command.listing_id, store_id=command.principal.store_id, facts=facts, now=now
                )
            else:
                require_same_store(listing, command.principal)
                listing.take(command.facts(listing.moment_after_all(now)), now=now)
            await tx.listings.save(listing)
            await tx.commit()
        return UpsertedListing(listing=listing, created=created)
