"""Which booking counts: the newest one that is ACTIVE or DONE."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import BookingId
from domain.listings.booking import Booking, BookingStatus
from tests.builders import IDS, NOW, build_booking, build_listing

bookings = st.lists(
    st.builds(
        lambda status, hours: build_booking(
            id=BookingId(IDS.new()), status=status, scheduled_at=NOW + timedelta(hours=hours)
        ),
        st.sampled_from(BookingStatus),
        st.integers(-3, 3),
    ),
    max_size=6,
)


@given(bookings)
def test_it_is_the_newest_that_is_active_or_done(found: list[Booking]) -> None:
    candidates = [booking for booking in found if booking.status in {BookingStatus.ACTIVE, BookingStatus.DONE}]
    current = build_listing(bookings=tuple(found)).current_booking
    if not candidates:
        assert current is None
        return
    assert current in candidates
    assert current.scheduled_at == max(booking.scheduled_at for booking in candidates)


@given(bookings, st.randoms())
def test_it_does_not_depend_on_their_order(found: list[Booking], random: Random) -> None:
    shuffled = tuple(random.sample(found, len(found)))
    assert build_listing(bookings=shuffled).current_booking == build_listing(bookings=tuple(found)).current_booking


@pytest.mark.parametrize("status", [BookingStatus.ACTIVE, BookingStatus.DONE])
def test_a_later_booking_takes_over_once_it_is_active(status: BookingStatus) -> None:
    first = build_booking(status=BookingStatus.DONE, scheduled_at=NOW - timedelta(days=2))
    pending = build_booking(status=BookingStatus.PENDING, scheduled_at=NOW)
    taken_over = build_booking(status=status, scheduled_at=NOW)
    assert build_listing(bookings=(first, pending)).current_booking == first
    assert build_listing(bookings=(first, taken_over)).current_booking == taken_over
