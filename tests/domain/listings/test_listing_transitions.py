"""A listing goes on to its owner once, and only from where it awaits its photos."""

from datetime import timedelta

import pytest

from domain.listings.events import ListingAwaitsApproval
from domain.listings.listing import ListingStatus
from tests.builders import NOW, build_listing

LATER = NOW + timedelta(minutes=1)


def test_photos_that_are_ready_go_to_the_owner_for_approval() -> None:
    listing = build_listing()
    assert listing.media_ready(now=LATER)
    assert (listing.status, listing.advanced_at) == (ListingStatus.PENDING_OWNER_APPROVAL, LATER)
    assert listing.updated_at == LATER
    assert listing.pull_events() == [ListingAwaitsApproval(listing_id=listing.id, occurred_at=LATER)]


@pytest.mark.parametrize("status", sorted(set(ListingStatus) - {ListingStatus.PENDING_PHOTO_PROCESSING}))
def test_from_anywhere_else_nothing_moves(status: ListingStatus) -> None:
    listing = build_listing(status=status)
    assert not listing.media_ready(now=LATER)
    assert (listing.status, listing.advanced_at, listing.updated_at) == (status, None, NOW)
    assert listing.pull_events() == []


def test_it_happens_once() -> None:
    listing = build_listing()
    assert [listing.media_ready(now=LATER), listing.media_ready(now=LATER)] == [True, False]
    assert len(listing.pull_events()) == 1
