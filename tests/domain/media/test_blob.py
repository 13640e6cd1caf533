"""Bytes and how many hold them: condemned exactly while nobody does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import BlobId
from domain.media.blob import REMOVAL_AT_MOST, Blob, BlobBeingCollected
from domain.media.object_keys import blob_key
from tests.builders import IDS, NOW, STORE, build_blob, checksum_of

SECOND = timedelta(seconds=1)


def test_what_is_described_is_condemned_until_somebody_holds_it() -> None:
    checksum = checksum_of("bytes")
    blob = Blob.describe(
        blob_id=BlobId(IDS.new()),
        store_id=STORE,
        checksum=checksum,
        key=blob_key(STORE, checksum),
        size=5,
        content_type="image/png",
        now=NOW,
    )

    assert (blob.holders, blob.condemned_at, blob.created_at) == (0, NOW, NOW)
    blob.acquire()
    assert (blob.holders, blob.condemned_at) == (1, None)


@given(st.lists(st.sampled_from([1, -1]), max_size=40))
def test_holders_are_counted_and_the_last_one_condemns(steps: list[int]) -> None:
    blob, holders, now, condemned_at = build_blob(), 0, NOW, NOW
    for step in steps:
        now += SECOND
        if step > 0:
            blob.acquire()
            holders += 1
        elif holders:
            blob.release(now=now)
            holders -= 1
            condemned_at = condemned_at if holders else now
        else:
            with pytest.raises(ValueError, match="nobody holds"):
                blob.release(now=now)
        assert (blob.holders, blob.condemned_at) == (holders, None if holders else condemned_at)
        assert blob.pull_events() == []


@given(holders=st.integers(0, 2), age=st.integers(-3, 3))
def test_it_is_collected_once_it_was_condemned_before_that_moment(holders: int, age: int) -> None:
    blob = build_blob(holders=holders)

    assert blob.is_collectable(before=NOW + age * SECOND) == (holders == 0 and age > 0)


def test_one_that_is_being_removed_is_held_by_nobody_for_a_while() -> None:
    blob = build_blob()
    blob.begin_collection(now=NOW)

    with pytest.raises(BlobBeingCollected):
        blob.require_settled(now=NOW + REMOVAL_AT_MOST - SECOND)

    blob.require_settled(now=NOW + REMOVAL_AT_MOST)
    blob.acquire()
    assert blob.collecting_since is None


def test_one_that_was_revived_waits_out_its_grace_anew() -> None:
    blob = build_blob()
    blob.acquire()
    blob.release(now=NOW + 9 * SECOND)

    assert not blob.is_collectable(before=NOW + 5 * SECOND)
    assert blob.is_collectable(before=NOW + 10 * SECOND)
