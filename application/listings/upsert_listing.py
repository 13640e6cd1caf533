"""The marketplace tells us of a listing and its bookings."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import NotPermitted, Rejected, Violation
from domain.ids import ListingId, UserId
from domain.listings.access import require_same_store
from domain.listings.listing import Booking, Listing, ListingKind, ListingStatus
from domain.principal import Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertListingCommand:
    principal: Principal
    listing_id: ListingId
    owner_id: UserId
    kind: ListingKind
    status: ListingStatus
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertedListing:
    listing: Listing
    created: bool


class UpsertListing:
    """Raises NotPermitted, Rejected, or ListingNotFound for a listing of another store. May be repeated."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: UpsertListingCommand) -> UpsertedListing:
        if not command.principal.has(Role.SERVICE, Role.ADMIN):
            raise NotPermitted("listings come from services and admins")
        _require_distinct(command.bookings)
        now = self._clock.now()
        async with self._begin() as tx:
            listing = await tx.listings.lock(command.listing_id)
            created = listing is None
            if listing is None:
                listing = _new(command, now)
            else:
                require_same_store(listing, command.principal)
                listing.replace_facts(
                    owner_id=command.owner_id,
                    kind=command.kind,
                    status=command.status,
                    bookings=command.bookings,
                    now=now,
                )
            await tx.listings.save(listing)
            await tx.commit()
        return UpsertedListing(listing=listing, created=created)


def _require_distinct(bookings: tuple[Booking, ...]) -> None:
    seen = [booking.id for booking in bookings]
    twice = [
        Violation(f"/bookings/{index}/id", "DUPLICATE_BOOKING", f"{booking_id} occurs twice")
        for index, booking_id in enumerate(seen)
        if booking_id in seen[:index]
    ]
    if twice:
        raise Rejected("a booking occurs twice", twice)


def _new(command: UpsertListingCommand, now: datetime) -> Listing:
    return Listing(
        id=command.listing_id,
        store_id=command.principal.store_id,
        owner_id=command.owner_id,
        kind=command.kind,
        status=command.status,
        bookings=command.bookings,
        created_at=now,
        updated_at=now,
    )
