"""What is for sale or rent, and who photographs it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.events import Aggregate
from domain.ids import BookingId, ListingId, StoreId, UserId
from domain.listings.events import ListingAwaitsApproval


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


class BookingStatus(StrEnum):
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A photographer's appointment for a listing. `scheduled_at` orders bookings."""

    id: BookingId
    photographer_id: UserId
    status: BookingStatus
    scheduled_at: datetime


@dataclass(slots=True, kw_only=True)
class Listing(Aggregate):
    """A listing as far as media goes, mirrored from the marketplace."""

    id: ListingId
    store_id: StoreId
    owner_id: UserId
    kind: ListingKind
    status: ListingStatus
    bookings: tuple[Booking, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def current_booking(self) -> Booking | None:
        """The newest booking that is ACTIVE or DONE.

        DONE counts: a listing awaits photos exactly from the moment its booking is done, so a
        rule that asked for an ACTIVE booking would refuse everybody.
        """
        current = [b for b in self.bookings if b.status in {BookingStatus.ACTIVE, BookingStatus.DONE}]
        return max(current, key=lambda booking: (booking.scheduled_at, booking.id), default=None)

    def replace_facts(
        self,
        *,
        owner_id: UserId,
        kind: ListingKind,
        status: ListingStatus,
        bookings: tuple[Booking, ...],
        now: datetime,
    ) -> None:
        """Take over what the marketplace says now."""
        self.owner_id = owner_id
        self.kind = kind
        self.status = status
        self.bookings = tuple(replace(booking) for booking in bookings)
        self.updated_at = now

    def media_ready(self, *, now: datetime) -> bool:
        """Compare and set: PENDING_PHOTO_PROCESSING becomes PENDING_OWNER_APPROVAL. True when it did."""
        if self.status is not ListingStatus.PENDING_PHOTO_PROCESSING:
            return False
        self.status = ListingStatus.PENDING_OWNER_APPROVAL
        self.updated_at = now
        self.record(ListingAwaitsApproval(listing_id=self.id, occurred_at=now))
        return True
