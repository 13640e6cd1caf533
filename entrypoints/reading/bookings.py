"""A booking as the marketplace tells of it, over HTTP and in messages alike."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.errors import Rejected, Violation
from domain.ids import BookingId, UserId
from domain.listings.booking import Booking, BookingStatus


class BookingBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    id: UUID
    photographer_id: UUID
    status: BookingStatus
    scheduled_at: Annotated[datetime, Meta(tz=True)]


def bookings_at(given: Mapping[str, BookingBody]) -> tuple[Booking, ...]:
    """`given` is by JSON pointer. Raises Rejected with every one that breaks a rule."""
    bookings, violations = [], []
    for at, booking in given.items():
        try:
            # An offset may carry a moment out of the calendar.
            scheduled_at = booking.scheduled_at.astimezone(UTC)
        except OverflowError:
            violations.append(Violation(f"{at}/scheduledAt", "RANGE", "not within years 1 to 9999 in UTC"))
            continue
        bookings.append(
            Booking(
                id=BookingId(booking.id),
                photographer_id=UserId(booking.photographer_id),
                status=booking.status,
                scheduled_at=scheduled_at,
            )
        )
    if violations:
        raise Rejected("some bookings break rules; see errors", violations)
    return tuple(bookings)
