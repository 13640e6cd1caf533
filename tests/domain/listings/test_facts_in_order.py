"""Messages arrive late, twice and in any order: what counts is when it was so."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Rejected
from domain.ids import BookingId, ListingId, StoreId, UserId
from domain.listings.booking import Booking, BookingStatus
from domain.listings.errors import TooManyBookings
from domain.listings.listing import MAX_BOOKINGS, Listing, ListingFacts, ListingKind, ListingStatus
from tests.builders import IDS, NOW, build_booking, build_listing

LISTING, STORE = ListingId(IDS.new()), StoreId(IDS.new())
USERS = [UserId(IDS.new()) for _ in range(2)]
BOOKINGS = [BookingId(IDS.new()) for _ in range(3)]
SECOND = timedelta(seconds=1)

# Few of everything, so that messages meet: on one moment, on one booking, on one status.
moments = st.integers(0, 5).map(lambda seconds: NOW + seconds * SECOND)


def bookings_of(ids: st.SearchStrategy[BookingId]) -> st.SearchStrategy[Booking]:
    return st.builds(
        Booking,
        id=ids,
        photographer_id=st.sampled_from(USERS),
        status=st.sampled_from(BookingStatus),
        scheduled_at=moments,
        as_of=st.none(),
    )


facts = st.builds(
    ListingFacts,
    owner_id=st.sampled_from(USERS),
    kind=st.sampled_from(ListingKind),
    status=st.sampled_from([ListingStatus.PENDING_PHOTO_PROCESSING, *ListingStatus]),
    bookings=st.lists(bookings_of(st.sampled_from(BOOKINGS)), unique_by=lambda b: b.id, max_size=3).map(tuple),
    as_of=moments,
)
words_on_bookings = st.builds(
    lambda booking, as_of: replace(booking, as_of=as_of), bookings_of(st.sampled_from(BOOKINGS)), moments
)
Word = ListingFacts | Booking
ADVANCE = "media is ready"


def tell(listing: Listing, word: Word) -> bool:
    if isinstance(word, ListingFacts):
        return listing.take(word, now=NOW)
    assert word.as_of is not None
    return listing.take_booking(replace(word, as_of=None), as_of=word.as_of, now=NOW)


def after(words: Sequence[Word | str]) -> Listing:
    """What is known after these arrivals. What comes before the listing itself is told again afterwards."""
    first = next(word for word in words if isinstance(word, ListingFacts))
    listing = Listing.introduce(listing_id=LISTING, store_id=STORE, facts=first, now=NOW)
    early = [word for word in words[: words.index(first)] if isinstance(word, Booking)]
    for word in [*words[words.index(first) :], *early]:
        if isinstance(word, str):
            listing.media_ready(now=NOW + 2 * SECOND)
        else:
            tell(listing, word)
    return listing


def known(listing: Listing) -> dict[str, Any]:
    return {
        "owner": listing.owner_id,
        "kind": listing.kind,
        "status": listing.status,
        "bookings": {replace(booking, as_of=None) for booking in listing.bookings},
    }


def expected(words: Sequence[Word | str], listing: Listing) -> dict[str, Any]:
    """The words in order of their time, each replacing what came before it; `listing` says when media moved it on."""
    newest = max((w for w in words if isinstance(w, ListingFacts)), key=lambda f: (f.as_of, f.digest))
    bookings = {booking.id: booking for booking in newest.bookings}
    own = [w for w in words if isinstance(w, Booking) and w.as_of is not None and w.as_of > newest.as_of]
    for word in sorted(own, key=lambda booking: booking.rank):
        bookings[word.id] = replace(word, as_of=None)
    status = newest.status
    overtaken = listing.advanced_at is not None and newest.as_of < listing.advanced_at
    if overtaken and status is ListingStatus.PENDING_PHOTO_PROCESSING:
        status = ListingStatus.PENDING_OWNER_APPROVAL
    return {"owner": newest.owner_id, "kind": newest.kind, "status": status, "bookings": set(bookings.values())}


words = st.lists(facts | words_on_bookings, max_size=8).flatmap(
    lambda some: facts.map(lambda fact: [fact, *some])  # one at least is of the listing
)


@given(words=words, data=st.data())
def test_any_order_and_repetition_ends_as_the_order_of_time_does(words: list[Word], data: st.DataObject) -> None:
    repeated = data.draw(st.lists(st.sampled_from(words), max_size=4))
    arrivals = data.draw(st.permutations([*words, *repeated]))

    assert known(after(arrivals)) == expected(words, after(arrivals))


@given(words=words, data=st.data())
def test_wherever_media_moved_it_on_nothing_older_moves_it_back(words: list[Word], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations([*words, *words, ADVANCE]))

    listing = after(arrivals)

    assert known(listing) == expected(words, listing)


@given(words=words, again=facts | words_on_bookings)
def test_what_is_not_newer_changes_nothing(words: list[Word], again: Word) -> None:
    listing = after(words)
    for word in words:
        before = deepcopy(listing)
        assert not tell(listing, word)
        assert listing == before
    before = deepcopy(listing)
    if not tell(listing, again):
        assert listing == before


@given(words=words, told=facts)
def test_facts_of_this_instant_overrule_all_that_is_known(words: list[Word], told: ListingFacts) -> None:
    listing = after([*words, ADVANCE])
    at_once = replace(told, as_of=listing.moment_after_all(NOW))

    assert at_once.as_of - NOW <= 5 * SECOND + timedelta(microseconds=2)
    assert listing.take(at_once, now=NOW)
    assert known(listing) == known(Listing.introduce(listing_id=LISTING, store_id=STORE, facts=told, now=NOW))


def test_the_moment_after_all_is_now_unless_a_clock_is_ahead() -> None:
    listing = build_listing(facts_as_of=NOW)
    assert listing.moment_after_all(NOW + SECOND) == NOW + SECOND
    for ahead in (
        build_listing(facts_as_of=NOW + SECOND),
        build_listing(bookings=(build_booking(as_of=NOW + SECOND), build_booking())),
        build_listing(advanced_at=NOW + SECOND),
    ):
        assert ahead.moment_after_all(NOW) == NOW + SECOND + timedelta(microseconds=1)


def told(listing: Listing, status: ListingStatus, *, seconds: float) -> ListingFacts:
    """The same listing in another status, so many seconds after media moved it on."""
    assert listing.advanced_at is not None
    return ListingFacts(
        owner_id=USERS[0],
        kind=ListingKind.DEVELOPMENT,
        status=status,
        bookings=(),
        as_of=listing.advanced_at + seconds * SECOND,
    )


def test_of_a_message_that_media_overtook_all_counts_but_that_photos_are_awaited() -> None:
    listing = build_listing(facts_as_of=NOW - 9 * SECOND)
    listing.media_ready(now=NOW)

    assert listing.take(told(listing, ListingStatus.PENDING_PHOTO_PROCESSING, seconds=-1), now=NOW)

    assert listing.status is ListingStatus.PENDING_OWNER_APPROVAL
    assert (listing.owner_id, listing.kind, listing.bookings) == (USERS[0], ListingKind.DEVELOPMENT, ())


def test_photos_may_be_asked_for_again_afterwards() -> None:
    listing = build_listing(facts_as_of=NOW - 9 * SECOND)
    listing.media_ready(now=NOW)

    assert listing.take(told(listing, ListingStatus.PENDING_PHOTO_PROCESSING, seconds=0), now=NOW)

    assert listing.status is ListingStatus.PENDING_PHOTO_PROCESSING


@pytest.mark.parametrize("status", sorted(set(ListingStatus) - {ListingStatus.PENDING_PHOTO_PROCESSING}))
def test_a_listing_that_was_withdrawn_meanwhile_is_not_held_up_by_media(status: ListingStatus) -> None:
    listing = build_listing(facts_as_of=NOW - 9 * SECOND)
    listing.media_ready(now=NOW)

    assert listing.take(told(listing, status, seconds=-1), now=NOW)

    assert listing.status is status


def test_the_digest_is_of_the_content_in_any_order_of_bookings() -> None:
    one, two = build_booking(), build_booking()
    some = ListingFacts(
        owner_id=USERS[0],
        kind=ListingKind.PROPERTY,
        status=ListingStatus.DRAFT,
        bookings=(one, two),
        as_of=NOW,
    )
    assert some.digest == replace(some, bookings=(two, one), as_of=NOW + SECOND).digest
    for other in (
        replace(some, owner_id=USERS[1]),
        replace(some, kind=ListingKind.DEVELOPMENT),
        replace(some, status=ListingStatus.ARCHIVED),
        replace(some, bookings=(one,)),
        replace(some, bookings=(one, replace(two, scheduled_at=NOW))),
        replace(some, bookings=(one, replace(two, status=BookingStatus.CANCELLED))),
    ):
        assert other.digest != some.digest


def test_a_booking_occurs_once() -> None:
    one, two = build_booking(), build_booking()
    some = ListingFacts(
        owner_id=USERS[0],
        kind=ListingKind.PROPERTY,
        status=ListingStatus.DRAFT,
        bookings=(one, two, one, two),
        as_of=NOW,
    )
    with pytest.raises(Rejected) as refused:
        some.require_distinct_bookings()
    assert [violation.pointer for violation in refused.value.violations] == ["/bookings/2/id", "/bookings/3/id"]
    replace(some, bookings=(one, two)).require_distinct_bookings()


def test_bookings_do_not_pile_up_without_end() -> None:
    listing = build_listing(bookings=tuple(build_booking() for _ in range(MAX_BOOKINGS)))
    assert listing.take_booking(listing.bookings[0], as_of=NOW + SECOND, now=NOW)
    with pytest.raises(TooManyBookings):
        listing.take_booking(build_booking(), as_of=NOW + SECOND, now=NOW)
