from datetime import timedelta
from typing import Any

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.batches.batch import Batch, BatchStatus
from domain.listings.listing import Listing
from tests.builders import NOW, build_batch, build_listing
from tests.contracts.stored import store

SECOND = timedelta(seconds=1)


@pytest.fixture
async def listing(begin: UnitOfWorkFactory) -> Listing:
    listing, another = build_listing(), build_listing()
    await store(begin, listing, another, build_batch(listing_id=another.id, status=BatchStatus.READY))
    return listing


async def _stored(begin: UnitOfWorkFactory, listing: Listing, **changes: Any) -> Batch:
    batch = build_batch(listing_id=listing.id, **changes)
    await store(begin, batch)
    return batch


async def test_pages_go_from_new_to_old_without_gap_or_repetition(begin: UnitOfWorkFactory, listing: Listing) -> None:
    batches = [await _stored(begin, listing) for _ in range(5)]
    batches[2].deleted_at = NOW
    await store(begin, batches[2])
    newest_first = [batch.id for batch in reversed(batches) if batch.deleted_at is None]

    async with begin() as tx:
        first = await tx.batch_history.page(listing.id, before=None, limit=2)
        await _stored(begin, listing)  # a newer one moves nothing on the pages that follow
        second = await tx.batch_history.page(listing.id, before=first[-1].id, limit=2)
        third = await tx.batch_history.page(listing.id, before=second[-1].id, limit=2)

    assert [batch.id for batch in (*first, *second)] == newest_first
    assert third == []


async def test_the_latest_ready_batch_stays_so_during_and_after_a_run_that_does_not_succeed(
    begin: UnitOfWorkFactory, listing: Listing
) -> None:
    async with begin() as tx:
        assert await tx.batch_history.latest_ready(listing.id) is None
    await _stored(begin, listing, status=BatchStatus.READY, ready_at=NOW)
    newest = await _stored(begin, listing, status=BatchStatus.READY, ready_at=NOW)
    await _stored(begin, listing, status=BatchStatus.READY, ready_at=NOW, deleted_at=NOW)
    await _stored(begin, listing, status=BatchStatus.PROCESSING)
    for status in (BatchStatus.READY, BatchStatus.PROCESSING, BatchStatus.FAILED):
        newest.status = status
        await store(begin, newest)
        async with begin() as tx:
            assert await tx.batch_history.latest_ready(listing.id) == newest


async def test_ready_photos_are_seen_unless_deleted(begin: UnitOfWorkFactory, listing: Listing) -> None:
    async def has_ready_photos() -> bool:
        async with begin() as tx:
            return await tx.batch_history.has_ready_photos(listing.id)

    for status in set(BatchStatus) - {BatchStatus.READY}:
        await _stored(begin, listing, status=status)
    await _stored(begin, listing, status=BatchStatus.READY, carries_photos=False)
    ready = await _stored(begin, listing, status=BatchStatus.READY, deleted_at=NOW)
    assert not await has_ready_photos()

    ready.deleted_at = None
    await store(begin, ready)
    await _stored(begin, listing, status=BatchStatus.READY)
    assert await has_ready_photos()


async def test_in_flight_counts_received_and_processing_batches_with_photos(
    begin: UnitOfWorkFactory, listing: Listing
) -> None:
    for status in BatchStatus:
        await _stored(begin, listing, status=status)
    await _stored(begin, listing, status=BatchStatus.PROCESSING, carries_photos=False)
    await _stored(begin, listing, status=BatchStatus.PROCESSING, deleted_at=NOW)

    async with begin() as tx:
        assert await tx.batch_history.in_flight(listing.id) == 2


async def test_overdue_uploads_come_oldest_first(begin: UnitOfWorkFactory, listing: Listing) -> None:
    just = await _stored(begin, listing, expires_at=NOW)
    long_ago = await _stored(begin, listing, expires_at=NOW - 9 * SECOND)
    lately = await _stored(begin, listing, expires_at=NOW - SECOND)
    await _stored(begin, listing, expires_at=NOW + SECOND)
    await _stored(begin, listing, expires_at=NOW - SECOND, status=BatchStatus.RECEIVED)
    await _stored(begin, listing, expires_at=NOW - SECOND, deleted_at=NOW)

    async with begin() as tx:
        assert await tx.batch_history.overdue_uploads(now=NOW, limit=9) == [long_ago.id, lately.id, just.id]
        assert await tx.batch_history.overdue_uploads(now=NOW, limit=1) == [long_ago.id]
