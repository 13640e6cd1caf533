"""A photographer's appointment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import BookingId, UserId


class BookingStatus(StrEnum):
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """An appointment for a listing. `scheduled_at` orders bookings.

    `as_of` is when it was so, if a message of its own said so after the listing's facts; None if it came with those.
    """

    id: BookingId
    photographer_id: UserId
    status: BookingStatus
    scheduled_at: datetime
    as_of: datetime | None = None

    @property
    def rank(self) -> tuple[bool, datetime | None, str, str, datetime]:
        """Of two words on one booking the greater one counts: the newer, and of one moment always the same."""
        told_by_itself = self.as_of is not None
        return (told_by_itself, self.as_of, self.status, str(self.photographer_id), self.scheduled_at)
