"""Media: locked in one order, counted by the ledger alone, found by what is still to be done about them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.media import GOING, Media, MediaStatus
from tests.builders import IDS, NOW, build_attachment, build_blob, build_media, ready_media
from tests.contracts.stored import read, store

A_MOMENT = 0.1
MINUTE = timedelta(minutes=1)


def ids(media: Sequence[Media]) -> list[MediaId]:
    return [each.id for each in media]


async def test_saving_leaves_the_count_of_the_ledger_alone(begin: UnitOfWorkFactory) -> None:
    media = ready_media()
    await store(begin, media)

    async with begin() as tx:
        before = await tx.media.lock(media.id)
        assert before is not None
        await tx.attachments.apply(added=[build_attachment(media), build_attachment(media)], removed=[])
        before.alt_text = "A bottle"
        await tx.media.save(before)
        after = await tx.media.find(media.id)
        await tx.commit()

    assert after is not None
    assert (after.usage_count, after.alt_text, after.version) == (2, "A bottle", 2)
    assert await read(begin, media) == after


async def test_the_ledger_makes_no_version_stale(begin: UnitOfWorkFactory) -> None:
    media = ready_media()
    await store(begin, media)
    async with begin() as tx:
        await tx.media.lock(media.id)
        await tx.attachments.apply(added=[build_attachment(media)], removed=[])
        await tx.commit()

    media.folder = "autumn"
    await store(begin, media)

    stored = await read(begin, media)
    assert isinstance(stored, Media)
    assert (stored.folder, stored.usage_count) == ("autumn", 1)


async def test_what_never_arrived_can_be_forgotten(begin: UnitOfWorkFactory) -> None:
    media, other = build_media(), build_media()
    await store(begin, media, other)

    async with begin() as tx:
        await tx.media.remove(media)
        assert await tx.media.find(media.id) is None
    assert await read(begin, media) == media

    async with begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        await tx.media.remove(locked)
        await tx.commit()

    async with begin() as tx:
        assert await tx.media.find(media.id) is None
        assert await tx.media.find(other.id) == other


async def test_those_that_await_their_bytes_are_told_from_the_others(begin: UnitOfWorkFactory) -> None:
    pending = [build_media(), build_media()]
    others = [build_media(status=status) for status in set(MediaStatus) - {"PENDING"}]
    await store(begin, *pending, *others, build_media())

    async with begin() as tx:
        found = await tx.media.pending_among([*ids(others), *ids(pending), MediaId(IDS.new())])
        assert set(found) == set(ids(pending))
        assert not await tx.media.pending_among([])


async def test_many_are_locked_at_once_in_the_order_of_their_ids(begin: UnitOfWorkFactory) -> None:
    media = [ready_media() for _ in range(5)]
    await store(begin, *media)
    asked = [*reversed(ids(media)), MediaId(IDS.new()), media[2].id]

    async with begin() as tx:
        assert await tx.media.lock_all(asked) == media
        assert await tx.media.lock_all([]) == []


async def test_what_was_locked_among_many_is_waited_for(begin: UnitOfWorkFactory) -> None:
    first, second = ready_media(), ready_media()
    await store(begin, first, second)

    async def wait() -> Sequence[Media]:
        async with begin() as tx:
            return await tx.media.lock_all([second.id, first.id])

    async with begin() as tx:
        [locked] = await tx.media.lock_all([second.id])
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()
        locked.request_deletion(now=NOW)
        await tx.media.save(locked)
        await tx.commit()

    assert [media.is_attachable for media in await waiting] == [True, False]


@pytest.mark.parametrize("rounds", [20])
async def test_overlapping_media_in_opposite_orders_are_locked_without_a_tie(
    begin: UnitOfWorkFactory, rounds: int
) -> None:
    media = [ready_media() for _ in range(6)]
    await store(begin, *media)

    async def lock(asked: list[MediaId]) -> None:
        async with begin() as tx:
            await tx.media.lock_all(asked)
            await asyncio.sleep(0)

    for _ in range(rounds):
        await asyncio.gather(*(lock(asked) for asked in (ids(media), ids(media)[::-1], ids(media)[3:], ids(media)[:4])))


async def test_who_holds_a_blob_is_known(begin: UnitOfWorkFactory) -> None:
    blob, other = build_blob(), build_blob()
    media = [ready_media(blob) for _ in range(3)]
    await store(begin, blob, other, *reversed(media), ready_media(other), build_media())

    async with begin() as tx:
        assert await tx.media.holding(blob.id) == ids(media)
        assert await tx.media.holding(build_blob().id) == []


async def test_uploads_that_never_ended_are_found_oldest_first(begin: UnitOfWorkFactory) -> None:
    young, older, oldest = (build_media(created_at=NOW - age * MINUTE) for age in (1, 2, 3))
    done = [build_media(status=status, created_at=NOW - 9 * MINUTE) for status in set(MediaStatus) - {"PENDING"}]
    await store(begin, young, older, oldest, *done)

    async with begin() as tx:
        assert await tx.media.overdue_uploads(before=young.created_at, limit=9) == [oldest.id, older.id]
        assert await tx.media.overdue_uploads(before=NOW, limit=1) == [oldest.id]


async def test_deletions_that_never_ended_are_found_longest_first(begin: UnitOfWorkFactory) -> None:
    young, older, oldest = (
        build_media(status=status, updated_at=NOW - age * MINUTE)
        for status, age in (("DELETE_REQUESTED", 1), ("DELETE_FAILED", 2), ("DELETE_REQUESTED", 3))
    )
    others = [build_media(status=status, updated_at=NOW - 9 * MINUTE) for status in set(MediaStatus) - GOING]
    await store(begin, young, older, oldest, *others)

    async with begin() as tx:
        assert await tx.media.unfinished_deletions(now=NOW, pauses=[MINUTE], limit=9) == [oldest.id, older.id]
        assert await tx.media.unfinished_deletions(now=NOW, pauses=[timedelta()], limit=1) == [oldest.id]


async def test_the_pause_grows_with_the_calls_and_the_last_is_for_all_others(begin: UnitOfWorkFactory) -> None:
    calls = {
        number: build_media(status="DELETE_REQUESTED", deletions=number, updated_at=NOW - 5 * MINUTE)
        for number in (0, 1, 2, 3, 9)
    }
    await store(begin, *calls.values())

    async def due(*pauses: int) -> set[int]:
        async with begin() as tx:
            found = await tx.media.unfinished_deletions(
                now=NOW, pauses=[minutes * MINUTE for minutes in pauses], limit=9
            )
        return {number for number, media in calls.items() if media.id in found}

    assert await due(1, 6, 6) == {0, 1}
    assert await due(1, 2, 6) == {0, 1, 2}
    assert await due(1, 2, 4) == {0, 1, 2, 3, 9}
    assert await due(5) == set()


async def test_of_many_those_that_await_their_bytes_are_known(begin: UnitOfWorkFactory) -> None:
    media = [build_media(status=status) for status in MediaStatus]
    await store(begin, *media)
    pending = [each.id for each in media if each.status is MediaStatus.PENDING]

    async with begin() as tx:
        assert set(await tx.media.pending_among([*ids(media), MediaId(IDS.new())])) == set(pending)
        assert set(await tx.media.pending_among([])) == set()


async def test_of_those_that_hold_a_blob_those_in_quarantine_are_known(begin: UnitOfWorkFactory) -> None:
    blob, other = build_blob(), build_blob()
    quarantined = [ready_media(blob, quarantined_at=NOW) for _ in range(2)]
    await store(begin, blob, other, ready_media(blob), *reversed(quarantined), ready_media(other, quarantined_at=NOW))

    async with begin() as tx:
        assert await tx.media.quarantined(blob.id) == ids(quarantined)


async def test_what_nobody_has_heard_of_is_forgotten(begin: UnitOfWorkFactory) -> None:
    media, other = build_media(), build_media()
    await store(begin, media, other)
    async with begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        await tx.media.remove(locked)
        assert await tx.media.find(media.id) is None
        assert await read(begin, media) == media
        await tx.commit()

    assert await read(begin, media) is None
    assert await read(begin, other) == other


async def test_whoever_checks_everything_sees_each_once(begin: UnitOfWorkFactory) -> None:
    media = [build_media(status=status) for status in MediaStatus]
    await store(begin, *reversed(media))

    async with begin() as tx:
        first = await tx.media.page(after=None, limit=3)
        second = await tx.media.page(after=first[-1].id, limit=3)
        third = await tx.media.page(after=second[-1].id, limit=3)
        assert await tx.media.page(after=third[-1].id, limit=3) == []

    assert [*first, *second, *third] == media


async def test_media_are_found_tombstones_too(begin: UnitOfWorkFactory) -> None:
    living = build_media()
    tombstone = build_media(status=MediaStatus.DELETED, deleted_at=NOW)
    await store(begin, living, tombstone, build_media())

    async with begin() as tx:
        found = await tx.media.find_all([tombstone.id, living.id, MediaId(IDS.new()), living.id])
        assert await tx.media.find_all([]) == []

    assert sorted(found, key=lambda media: media.id) == [living, tombstone]
