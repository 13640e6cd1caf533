"""Events leave with the commit, in order for each key, however many relays there are."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from application.ports.messaging import OutboxEntry
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.batches.batch import Batch
from domain.batches.events import BatchFailed
from tests.builders import NOW, build_batch, build_listing, build_task
from tests.contracts.conftest import Database
from tests.contracts.stored import put, store, stored_batch, stored_job

SECOND = timedelta(seconds=1)


def _record(batch: Batch, *codes: str) -> Batch:
    for code in codes:
        batch.record(BatchFailed(batch_id=batch.id, listing_id=batch.listing_id, code=code, occurred_at=NOW))
    return batch


def _codes(entries: Sequence[OutboxEntry]) -> list[str]:
    return [json.loads(entry.message.payload)["code"] for entry in entries]


async def _take(tx: UnitOfWork, *, limit: int = 100, now: datetime = NOW) -> Sequence[OutboxEntry]:
    return await tx.outbox.take(limit=limit, now=now)


async def _publish(begin: UnitOfWorkFactory, *, limit: int = 100, now: datetime = NOW) -> Sequence[OutboxEntry]:
    async with begin() as tx:
        entries = await _take(tx, limit=limit, now=now)
        await tx.outbox.mark_published([entry.position for entry in entries], now=now)
        await tx.commit()
    return entries


async def test_a_commit_puts_each_event_in_once_as_a_message(database: Database) -> None:
    batch = _record(await stored_batch(database.begin), "ZIP_FAILED")
    async with database.begin() as tx:
        await put(tx, batch)
        await put(tx, batch)
        await tx.commit()

    [entry] = await _publish(database.begin)

    message = entry.message
    assert (message.topic, message.type) == ("vitrine.listing-media.v1", "vitrine.batch.failed")
    assert message.key == str(batch.id)
    assert message.occurred_at == NOW
    assert message.headers == database.headers
    assert json.loads(message.payload) == {
        "batchId": str(batch.id),
        "listingId": str(batch.listing_id),
        "code": "ZIP_FAILED",
        "occurredAt": "2025-05-04T12:30:15.123456Z",
    }


async def test_without_a_commit_nothing_is_put_in(begin: UnitOfWorkFactory) -> None:
    batch = _record(await stored_batch(begin), "ZIP_FAILED")
    async with begin() as tx:
        await put(tx, batch)

    assert await _publish(begin) == []


async def test_a_commit_without_events_puts_nothing_in(begin: UnitOfWorkFactory) -> None:
    await stored_batch(begin)

    assert await _publish(begin) == []


async def test_events_come_in_the_order_of_the_saves(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    batches = [_record(build_batch(listing_id=listing.id), str(number)) for number in range(10)]
    batches.reverse()
    await store(begin, listing, *batches)

    entries = await _publish(begin)

    assert _codes(entries) == ["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"]
    assert [entry.position for entry in entries] == sorted({entry.position for entry in entries})
    assert len({entry.message.id for entry in entries}) == 10


async def test_of_one_key_only_the_oldest_is_handed_out(begin: UnitOfWorkFactory) -> None:
    first, second = await stored_batch(begin), await stored_batch(begin)
    await store(begin, _record(first, "a1", "a2"), _record(second, "b1"))
    await store(begin, _record(first, "a3"))

    assert [_codes(await _publish(begin)) for _ in range(4)] == [["a1", "b1"], ["a2"], ["a3"], []]


async def test_at_most_limit_entries_are_handed_out_oldest_first(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    await store(begin, listing, *(_record(build_batch(listing_id=listing.id), str(number)) for number in range(3)))

    assert [_codes(await _publish(begin, limit=2)) for _ in range(3)] == [["0", "1"], ["2"], []]


async def test_two_relays_get_different_entries_and_no_key_overtakes_itself(begin: UnitOfWorkFactory) -> None:
    first, second = await stored_batch(begin), await stored_batch(begin)
    await store(begin, _record(first, "a1", "a2"), _record(second, "b1", "b2"))

    async with begin() as one, begin() as other:
        assert _codes(await _take(one, limit=1)) == ["a1"]
        assert _codes(await _take(other)) == ["b1"]
        assert _codes(await _publish(begin)) == []


async def test_a_relay_that_goes_away_gives_its_entries_back(begin: UnitOfWorkFactory) -> None:
    await store(begin, _record(await stored_batch(begin), "a1"))
    async with begin() as tx:
        entries = await _take(tx)
        await tx.outbox.mark_published([entry.position for entry in entries], now=NOW)

    assert await _publish(begin) == entries


async def test_a_pointer_to_a_task_waits_until_the_task_is_due(begin: UnitOfWorkFactory) -> None:
    task = build_task(await stored_job(begin), available_at=NOW + SECOND)
    task.announce(now=NOW)
    await store(begin, task)

    assert await _publish(begin, now=NOW) == []
    [entry] = await _publish(begin, now=NOW + SECOND)
    assert (entry.message.topic, entry.message.key) == ("vitrine.tasks.image.v1", str(task.id))


async def test_an_entry_that_is_not_due_holds_up_no_later_one_of_its_key(begin: UnitOfWorkFactory) -> None:
    task = build_task(await stored_job(begin), available_at=NOW + SECOND)
    task.announce(now=NOW)
    task.available_at = NOW
    task.announce(now=NOW)
    await store(begin, task)

    [at_once] = await _publish(begin, now=NOW)
    [later] = await _publish(begin, now=NOW + SECOND)

    assert later.position < at_once.position


async def test_the_lag_is_the_age_of_the_oldest_entry_that_is_due(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx:
        assert await tx.outbox.lag(now=NOW) == timedelta()
    batch, job = await stored_batch(begin), await stored_job(begin)
    await store(begin, _record(batch, "a1"))
    task = build_task(job, available_at=NOW + 5 * SECOND)
    task.announce(now=NOW)
    await store(begin, task)

    async with begin() as tx:
        assert await tx.outbox.lag(now=NOW + 3 * SECOND) == 3 * SECOND
    await _publish(begin, now=NOW + 3 * SECOND)
    async with begin() as tx:
        assert await tx.outbox.lag(now=NOW + 3 * SECOND) == timedelta()
        assert await tx.outbox.lag(now=NOW + 7 * SECOND) == 2 * SECOND


async def test_published_entries_are_forgotten_in_time_and_no_others(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    await store(begin, _record(batch, "a1", "a2", "a3", "a4"))
    for second in range(3):
        await _publish(begin, now=NOW + second * SECOND)

    async def forget(limit: int) -> int:
        async with begin() as tx:
            forgotten = await tx.outbox.forget_published(before=NOW + 2 * SECOND, limit=limit)
            await tx.commit()
        return forgotten

    assert [await forget(1), await forget(9), await forget(9)] == [1, 1, 0]
    assert _codes(await _publish(begin, now=NOW + 9 * SECOND)) == ["a4"]
