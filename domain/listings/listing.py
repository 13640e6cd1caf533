"""What is for sale or rent, and who photographs it."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import Rejected, Violation
from domain.events import Aggregate
from domain.ids import ListingId, StoreId, UserId
from domain.listings.booking import Booking, BookingStatus
from domain.listings.errors import TooManyBookings
from domain.listings.events import ListingAwaitsApproval

MAX_BOOKINGS = 1_000


class ListingKind(StrEnum):
    PROPERTY = "PROPERTY"
    DEVELOPMENT = "DEVELOPMENT"


class ListingStatus(StrEnum):
    """The part of a listing's life that media has a say in; the marketplace owns the rest."""

    DRAFT = "DRAFT"
    PENDING_PHOTO_SCHEDULING = "PENDING_PHOTO_SCHEDULING"
    PENDING_PHOTO_PROCESSING = "PENDING_PHOTO_PROCESSING"
    PENDING_OWNER_APPROVAL = "PENDING_OWNER_APPROVAL"
    REJECTED_BY_OWNER = "REJECTED_BY_OWNER"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"


AWAITING_PHOTOS = frozenset({ListingStatus.PENDING_PHOTO_PROCESSING, ListingStatus.REJECTED_BY_OWNER})
BEFORE_PUBLICATION = frozenset(ListingStatus) - {ListingStatus.PUBLISHED, ListingStatus.ARCHIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts:
    """What the marketplace says of a listing and of all its bookings. It was so at `as_of`."""

    owner_id: UserId
    kind: ListingKind
    status: ListingStatus
    bookings: tuple[Booking, ...]
    as_of: datetime

    def require_distinct_bookings(self) -> None:
        """Raise Rejected with every booking that occurs twice."""
        seen = [booking.id for booking in self.bookings]
        twice = [
            Violation(f"/bookings/{index}/id", "DUPLICATE_BOOKING", f"{booking_id} occurs twice")
            for index, booking_id in enumerate(seen)
            if booking_id in seen[:index]
        ]
        if twice:
            raise Rejected("a booking occurs twice", twice)

    @property
    def digest(self) -> bytes:
        """Tells two words of one moment apart: the greater one counts, in whichever order they arrive."""
        bookings = sorted(
            (str(booking.id), str(booking.photographer_id), booking.status, booking.scheduled_at.isoformat())
            for booking in self.bookings
        )
        described = [str(self.owner_id), self.kind, self.status, bookings]
        return hashlib.sha256(json.dumps(described).encode()).digest()


@dataclass(slots=True, kw_only=True)
class Listing(Aggregate):
    """A listing as far as media goes, mirrored from the marketplace, whose word arrives late, twice and in any order.

    `facts_as_of` and `facts_digest` are those of the newest facts that have arrived, `advanced_at` is when media last
    moved the listing on. The order of `bookings` means nothing.
    """

    id: ListingId
    store_id: StoreId
    owner_id: UserId
    kind: ListingKind
    status: ListingStatus
    bookings: tuple[Booking, ...] = ()
    facts_as_of: datetime
    facts_digest: bytes
    advanced_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def introduce(cls, *, listing_id: ListingId, store_id: StoreId, facts: ListingFacts, now: datetime) -> "Listing":
        return cls(
            id=listing_id,
            store_id=store_id,
            owner_id=facts.owner_id,
            kind=facts.kind,
            status=facts.status,
            bookings=facts.bookings,
            facts_as_of=facts.as_of,
            facts_digest=facts.digest,
            created_at=now,
            updated_at=now,
        )

    @property
    def current_booking(self) -> Booking | None:
        """The newest booking that is ACTIVE or DONE.

        DONE counts: a listing awaits photos exactly from the moment its booking is done, so a
        rule that asked for an ACTIVE booking would refuse everybody.
        """
        current = [b for b in self.bookings if b.status in {BookingStatus.ACTIVE, BookingStatus.DONE}]
        return max(current, key=lambda booking: (booking.scheduled_at, booking.id), default=None)

    def moment_after_all(self, now: datetime) -> datetime:
        """`now`, or just after all that is known where a clock elsewhere is ahead of ours: for facts told this instant,
        which nothing that is known may overrule.
        """
        known = [self.facts_as_of, self.advanced_at, *(booking.as_of for booking in self.bookings)]
        return max(now, max(moment for moment in known if moment is not None) + timedelta(microseconds=1))

    def take(self, facts: ListingFacts, *, now: datetime) -> bool:
        """Take over what the marketplace says. False, and nothing changes, when it is not newer than what is known.

        Of the bookings those stay of which something newer is known, whether the facts name them or not.
        """
        if (facts.as_of, facts.digest) <= (self.facts_as_of, self.facts_digest):
            return False
        newer = {b.id: b for b in self.bookings if b.as_of is not None and b.as_of > facts.as_of}
        told = [newer.pop(booking.id, booking) for booking in facts.bookings]
        self.owner_id, self.kind, self.status = facts.owner_id, facts.kind, self._moved_on(facts)
        self.bookings = (*told, *newer.values())
        self.facts_as_of, self.facts_digest = facts.as_of, facts.digest
        self.updated_at = now
        return True

    def take_booking(self, booking: Booking, *, as_of: datetime, now: datetime) -> bool:
        """Take over what the marketplace says of one booking. False, and nothing changes, when it is not newer than
        what is known: facts of the whole listing cover all bookings up to their moment.

        Raises TooManyBookings.
        """
        told = replace(booking, as_of=as_of)
        known = next((other for other in self.bookings if other.id == booking.id), None)
        if as_of <= self.facts_as_of or (known is not None and told.rank <= known.rank):
            return False
        if known is None and len(self.bookings) >= MAX_BOOKINGS:
            raise TooManyBookings(self.id, MAX_BOOKINGS)
        others = self.bookings if known is not None else (*self.bookings, told)
        self.bookings = tuple(told if other.id == told.id else other for other in others)
        self.updated_at = now
        return True

    def media_ready(self, *, now: datetime) -> bool:
        """Compare and set: PENDING_PHOTO_PROCESSING becomes PENDING_OWNER_APPROVAL. True when it did."""
        if self.status is not ListingStatus.PENDING_PHOTO_PROCESSING:
            return False
        self.status = ListingStatus.PENDING_OWNER_APPROVAL
        self.advanced_at, self.updated_at = self.moment_after_all(now), now
        self.record(ListingAwaitsApproval(listing_id=self.id, occurred_at=now))
        return True

    def _moved_on(self, facts: ListingFacts) -> ListingStatus:
        """The status of a listing that awaited photos before media moved it on, told afterwards, has moved on as well.
        Any other status is the marketplace's own step, which media must not hold up.
        """
        overtaken = self.advanced_at is not None and facts.as_of < self.advanced_at
        if overtaken and facts.status is ListingStatus.PENDING_PHOTO_PROCESSING:
            return ListingStatus.PENDING_OWNER_APPROVAL
        return facts.status
