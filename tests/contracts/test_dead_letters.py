"""What was given up on: found again, resolved once, counted."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.clock import ManualClock
from application.dead_letters.reject_message import RejectMessage
from application.events.cloud_events import NotACloudEvent
from application.ports.messaging import Delivery
from application.unit_of_work import UnitOfWorkFactory
from domain.dead_letters.access import Reach
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.errors import DeadLetterResolved
from domain.dead_letters.repository import DeadLetterSummary
from domain.dead_letters.stored_message import MOST_BODY
from domain.errors import ConcurrentUpdate
from domain.ids import StoreId
from tests.application.dead_letters.dying import NASTY
from tests.application.stubs import RecordingTelemetry
from tests.builders import (
    IDS,
    NOW,
    OWNER,
    STORE,
    build_batch,
    build_dead_letter,
    build_media,
    build_media_letter,
    build_stored_message,
    build_task_letter,
    populated_dead_letter,
)
from tests.contracts.stored import read, store

EVERYTHING = Reach(store_id=STORE, strays=True)


async def _page(begin: UnitOfWorkFactory, reach: Reach = EVERYTHING, **asked: Any) -> Sequence[DeadLetterSummary]:
    async with begin() as tx:
        return await tx.dead_letter_history.page(
            reach, **{"status": None, "topic": None, "before": None, "limit": 100} | asked
        )


async def _ids(begin: UnitOfWorkFactory, reach: Reach = EVERYTHING, **asked: Any) -> list[Any]:
    return [letter.id for letter in await _page(begin, reach, **asked)]


async def _replay(begin: UnitOfWorkFactory, letter: DeadLetter) -> None:
    async with begin() as tx:
        found = await tx.dead_letters.lock(letter.id)
        assert found is not None
        found.replay(by=OWNER, now=NOW)
        await asyncio.sleep(0)
        await tx.dead_letters.save([found])
        await tx.commit()


async def _published(begin: UnitOfWorkFactory) -> list[tuple[str, bytes]]:
    async with begin() as tx:
        return [(entry.message.topic, entry.message.payload) for entry in await tx.outbox.take(limit=100, now=NOW)]


async def test_of_twenty_replays_at_once_one_wins(begin: UnitOfWorkFactory) -> None:
    letter = build_dead_letter()
    await store(begin, letter)

    outcomes = await asyncio.gather(*(_replay(begin, letter) for _ in range(20)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, DeadLetterResolved) for outcome in outcomes) == 19
    assert await _published(begin) == [("vitrine.listings.v1", letter.message.body)]


async def test_bytes_of_any_kind_go_out_and_come_back_as_they_are(begin: UnitOfWorkFactory) -> None:
    message = build_stored_message(
        body=bytes(range(256)), headers={"a": "\0é", "traceparent": "00-1-1-01"}, key=b"\0\xff"
    )
    letter = build_dead_letter(message=message)
    await store(begin, letter)

    await _replay(begin, letter)

    async with begin() as tx:
        [entry] = await tx.outbox.take(limit=9, now=NOW)
    assert entry.message.payload == message.body
    assert entry.message.headers.items() >= message.headers.items()
    assert entry.message.key == str(letter.id)


async def test_a_page_tells_all_but_the_bytes(begin: UnitOfWorkFactory) -> None:
    letter = populated_dead_letter()
    await store(begin, letter)

    [summary] = await _page(begin)

    assert summary == DeadLetterSummary(
        id=letter.id,
        kind=letter.kind,
        topic=letter.message.topic,
        place=letter.message.place,
        consumer=letter.consumer,
        message_id=letter.message.id,
        message_type=letter.message.type,
        task_id=letter.task_id,
        asset_id=letter.asset_id,
        batch_id=letter.batch_id,
        listing_id=letter.listing_id,
        media_id=letter.media_id,
        error_code=letter.error_code,
        error_detail=letter.error_detail,
        attempts=letter.attempts,
        status=letter.status,
        created_at=letter.created_at,
        resolved_at=letter.resolved_at,
    )


async def test_pages_go_from_new_to_old_without_gap_or_repetition(begin: UnitOfWorkFactory) -> None:
    letters = [build_dead_letter() for _ in range(5)]
    await store(begin, *letters)

    first = await _ids(begin, limit=2)
    await store(begin, build_dead_letter())  # a newer one moves nothing on the pages that follow
    second = await _ids(begin, limit=2, before=first[-1])
    third = await _ids(begin, limit=2, before=second[-1])

    assert [*first, *second, *third] == [letter.id for letter in reversed(letters)]
    assert await _ids(begin, before=third[-1]) == []


async def test_a_page_is_of_one_status_and_one_topic_where_they_are_given(begin: UnitOfWorkFactory) -> None:
    other = build_stored_message(topic="vitrine.storage.v1")
    letters = {
        (status, message.topic): build_dead_letter(status=status, message=message)
        for status in LetterStatus
        for message in (build_stored_message(), other)
    }
    await store(begin, *letters.values())

    for (status, topic), letter in letters.items():
        assert await _ids(begin, status=status, topic=topic) == [letter.id]
        assert len(await _page(begin, status=status)) == 2
        assert len(await _page(begin, topic=topic)) == 3
    assert len(await _page(begin)) == 6
    assert await _ids(begin, topic="vitrine") == []


async def test_a_page_reaches_as_far_as_it_is_told(begin: UnitOfWorkFactory) -> None:
    stray, ours = build_dead_letter(), build_task_letter()
    theirs = build_task_letter(store_id=StoreId(IDS.new()))
    await store(begin, stray, ours, theirs)

    assert await _ids(begin, Reach(store_id=STORE, strays=False)) == [ours.id]
    assert await _ids(begin, Reach(store_id=STORE, strays=True)) == [ours.id, stray.id]
    assert theirs.store_id is not None
    assert await _ids(begin, Reach(store_id=theirs.store_id, strays=False)) == [theirs.id]
    assert await _ids(begin, Reach(store_id=StoreId(IDS.new()), strays=False)) == []


async def test_the_open_ones_are_counted(begin: UnitOfWorkFactory) -> None:
    await store(begin, build_dead_letter(), build_task_letter(store_id=StoreId(IDS.new())), build_task_letter())
    await store(begin, *(build_dead_letter(status=status) for status in set(LetterStatus) - {LetterStatus.OPEN}))

    async with begin() as tx:
        assert await tx.dead_letter_history.count_open() == 3


async def test_the_open_letters_of_a_batch_are_those_of_its_tasks_oldest_first(begin: UnitOfWorkFactory) -> None:
    batch = build_batch()
    letters = [build_task_letter(batch) for _ in range(3)]
    await store(
        begin,
        *reversed(letters),
        build_task_letter(batch, status=LetterStatus.REPLAYED),
        build_task_letter(),
        build_dead_letter(batch_id=batch.id),
    )

    async with begin() as tx:
        assert await tx.dead_letters.lock_open_of_batch(batch.id) == letters


async def test_the_open_letters_of_a_media_are_those_of_its_tasks_oldest_first(begin: UnitOfWorkFactory) -> None:
    media = build_media()
    letters = [build_media_letter(media) for _ in range(3)]
    await store(
        begin,
        *reversed(letters),
        build_media_letter(media, status=LetterStatus.DISCARDED),
        build_media_letter(),
        build_task_letter(),
    )

    async with begin() as tx:
        assert await tx.dead_letters.lock_open_of_media(media.id) == letters


async def test_what_was_resolved_while_the_batch_was_waited_for_is_not_open(begin: UnitOfWorkFactory) -> None:
    batch = build_batch()
    first, second = build_task_letter(batch), build_task_letter(batch)
    await store(begin, first, second)

    async def wait() -> Sequence[DeadLetter]:
        async with begin() as tx:
            return await tx.dead_letters.lock_open_of_batch(batch.id)

    async with begin() as tx:
        found = await tx.dead_letters.lock(first.id)
        assert found is not None
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        found.discard(by=OWNER, now=NOW)
        await tx.dead_letters.save([found])
        await tx.commit()

    assert [letter.id for letter in await waiting] == [second.id]


async def test_one_stale_letter_of_many_spoils_them_all(begin: UnitOfWorkFactory) -> None:
    letters = [build_task_letter() for _ in range(3)]
    await store(begin, *letters)
    await _replay(begin, letters[1])

    async with begin() as tx:
        for letter in letters:
            letter.discard(by=OWNER, now=NOW)
        with pytest.raises(ConcurrentUpdate):
            await tx.dead_letters.save(letters)

    stored = [await read(begin, letter) for letter in letters]
    assert [letter.status for letter in stored if isinstance(letter, DeadLetter)] == [
        LetterStatus.OPEN,
        LetterStatus.REPLAYED,
        LetterStatus.OPEN,
    ]


async def test_what_was_resolved_long_ago_is_forgotten_oldest_first(begin: UnitOfWorkFactory) -> None:
    letters = [
        build_dead_letter(status=LetterStatus.REPLAYED, resolved_at=NOW - timedelta(days=days), resolved_by=OWNER)
        for days in (1, 4, 2, 3)
    ]
    waiting = build_dead_letter(created_at=NOW - timedelta(days=9))
    await store(begin, *letters, waiting)

    async def forget(limit: int) -> int:
        async with begin() as tx:
            forgotten = await tx.dead_letters.forget_resolved(before=NOW - timedelta(hours=36), limit=limit)
            await tx.commit()
        return forgotten

    assert await forget(2) == 2
    assert set(await _ids(begin)) == {letters[0].id, letters[2].id, waiting.id}
    assert [await forget(9), await forget(9)] == [1, 0]
    assert set(await _ids(begin)) == {letters[0].id, waiting.id}


async def test_a_letter_that_was_not_committed_left_nothing(begin: UnitOfWorkFactory) -> None:
    letter = build_dead_letter()
    async with begin() as tx:
        await tx.dead_letters.add(letter)
        letter.replay(by=OWNER, now=NOW)
        await tx.dead_letters.save([letter])

    assert await read(begin, letter) is None
    assert await _published(begin) == []


@pytest.mark.parametrize("arrived", NASTY)
async def test_whatever_arrives_is_stored_once_with_its_bytes(begin: UnitOfWorkFactory, arrived: Delivery) -> None:
    reject = RejectMessage(begin=begin, clock=ManualClock(NOW), ids=IDS, telemetry=RecordingTelemetry())
    error = NotACloudEvent("bad \0 \udcff")

    assert await reject(arrived, consumer="vitrine.listings", error=error, attempts=1)
    assert not await reject(arrived, consumer="vitrine.listings", error=error, attempts=1)

    [summary] = await _page(begin)
    async with begin() as tx:
        letter = await tx.dead_letters.find(summary.id)
    assert letter is not None
    assert letter.message.body == arrived.body[:MOST_BODY]
    assert letter.message.key == arrived.key
    assert await _published(begin) == [("vitrine.listings.v1.dlq", letter.message.body)]
