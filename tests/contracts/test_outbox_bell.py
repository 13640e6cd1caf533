import asyncio
import time
from datetime import timedelta

import pytest

from domain.batches.batch import Batch
from domain.batches.events import BatchReady
from tests.builders import NOW, build_listing
from tests.contracts.conftest import Database
from tests.contracts.stored import put, store, stored_batch

LONG = timedelta(seconds=20)
SHORT = timedelta(seconds=0.2)


@pytest.fixture
async def batch(database: Database) -> Batch:
    """Stored, with an event that is not."""
    batch = await stored_batch(database.begin)
    batch.record(BatchReady(batch_id=batch.id, listing_id=batch.listing_id, occurred_at=NOW))
    while await _seconds(database, SHORT) < SHORT.total_seconds():
        pass  # a bell may ring when it gets its connection
    return batch


async def _seconds(database: Database, at_most: timedelta) -> float:
    start = time.monotonic()
    await database.bell.wait(at_most=at_most)
    return time.monotonic() - start


async def test_a_commit_with_events_ends_the_wait(database: Database, batch: Batch) -> None:
    waiting = asyncio.create_task(_seconds(database, LONG))
    await asyncio.sleep(0.05)
    await store(database.begin, batch)

    assert await waiting < LONG.total_seconds() / 2


async def test_a_commit_between_two_waits_is_not_missed(database: Database, batch: Batch) -> None:
    await store(database.begin, batch)

    assert await _seconds(database, LONG) < LONG.total_seconds() / 2


async def test_neither_a_rollback_nor_a_commit_without_events_ends_it(database: Database, batch: Batch) -> None:
    waiting = asyncio.create_task(_seconds(database, SHORT))
    async with database.begin() as tx:
        await put(tx, batch)
    await store(database.begin, build_listing())

    assert await waiting >= SHORT.total_seconds() * 0.9
