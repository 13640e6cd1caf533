"""The same bytes of a store are one blob, whoever comes at once; what nobody holds goes, and nothing else does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable
from domain.ids import BlobId, StoreId
from domain.media.blob import Blob
from domain.media.object_keys import blob_key
from tests.builders import IDS, NOW, STORE, build_blob, checksum_of, ready_media
from tests.contracts.stored import read, store

A_MOMENT = 0.1
MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE


def described(like: Blob) -> Blob:
    """The same bytes, as another upload finds them."""
    return build_blob(checksum=like.checksum)


async def test_new_bytes_are_obtained_as_they_are_described(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    async with begin() as tx:
        assert await tx.blobs.obtain(blob) is blob
        await tx.commit()

    assert blob.version == 1
    assert await read(begin, blob) == blob


async def test_known_bytes_are_obtained_as_they_are_known(begin: UnitOfWorkFactory) -> None:
    blob = build_blob(holders=3)
    await store(begin, blob)

    async with begin() as tx:
        assert await tx.blobs.obtain(described(blob)) == blob


async def test_they_may_be_obtained_again_and_saved_in_the_same_transaction(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    async with begin() as tx:
        mine = await tx.blobs.obtain(blob)
        mine.acquire()
        await tx.blobs.save(mine)
        again = await tx.blobs.obtain(described(blob))
        assert again == mine
        again.acquire()
        await tx.blobs.save(again)
        await tx.commit()

    stored = await read(begin, blob)
    assert isinstance(stored, Blob)
    assert (stored.holders, stored.condemned_at, stored.version) == (2, None, 3)


async def test_other_bytes_and_other_stores_have_blobs_of_their_own(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    elsewhere = build_blob(store_id=StoreId(IDS.new()), checksum=blob.checksum)
    other = build_blob()
    await store(begin, blob, elsewhere, other)

    async with begin() as tx:
        for each in (blob, elsewhere, other):
            assert await tx.blobs.find(each.store_id, each.checksum) == each
        assert await tx.blobs.find(elsewhere.store_id, other.checksum) is None


async def test_a_blob_is_found_by_where_it_lies(begin: UnitOfWorkFactory) -> None:
    under_its_hash, elsewhere = build_blob(), build_blob(key=f"{STORE}/elsewhere")
    await store(begin, under_its_hash, elsewhere)

    async with begin() as tx:
        for blob in (under_its_hash, elsewhere):
            assert await tx.blobs.at(blob.key) == blob
        assert await tx.blobs.at(blob_key(STORE, elsewhere.checksum)) is None


async def test_the_same_bytes_lie_where_they_were_first_described_to_lie(begin: UnitOfWorkFactory) -> None:
    blob = build_blob(key=f"{STORE}/elsewhere")
    await store(begin, blob)

    async with begin() as tx:
        assert (await tx.blobs.obtain(described(blob))).key == blob.key


@pytest.mark.timeout(20)
async def test_a_key_is_of_one_blob_alone(begin: UnitOfWorkFactory) -> None:
    """Nobody waits for it without end."""
    blob = build_blob()
    await store(begin, blob)

    async with begin() as tx:
        with pytest.raises(Unavailable, match=blob.key):
            await tx.blobs.obtain(build_blob(key=blob.key))

    assert await read(begin, blob) == blob


async def test_of_a_rollback_nothing_stays(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    async with begin() as tx:
        await tx.blobs.obtain(blob)

    assert await read(begin, blob) is None
    await store(begin, described(blob))


async def test_callers_at_once_never_wait_for_each_other_both(begin: UnitOfWorkFactory) -> None:
    async def obtain(blob: Blob) -> Blob:
        async with begin() as tx:
            found = await tx.blobs.obtain(blob)
            await tx.commit()
            return found

    for number in range(20):
        checksum = checksum_of(f"the bytes {number}")
        found = await asyncio.gather(*(obtain(build_blob(checksum=checksum)) for _ in range(10)))
        assert len({blob.id for blob in found}) == 1


async def test_twenty_callers_at_once_get_one_row_one_after_the_other(begin: UnitOfWorkFactory) -> None:
    checksum = checksum_of("the same bytes")
    inside, most = 0, 0

    async def acquire() -> BlobId:
        nonlocal inside, most
        async with begin() as tx:
            blob = await tx.blobs.obtain(build_blob(checksum=checksum))
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            blob.acquire()
            await tx.blobs.save(blob)
            inside -= 1
            await tx.commit()
            return blob.id

    obtained = await asyncio.gather(*(acquire() for _ in range(20)))

    assert len(set(obtained)) == most == 1
    async with begin() as tx:
        [blob] = await tx.blobs.page(after=None, limit=9)
    assert (blob.holders, blob.version) == (20, 21)


async def test_callers_go_on_when_the_first_one_gives_up(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()

    async def obtain() -> Blob:
        async with begin() as tx:
            found = await tx.blobs.obtain(described(blob))
            await tx.commit()
            return found

    async with begin() as tx:
        await tx.blobs.obtain(blob)
        waiting = asyncio.create_task(obtain())
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()

    assert (await waiting).id != blob.id


async def test_what_the_collector_is_removing_is_waited_for_and_then_made_anew(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    await store(begin, blob)

    async def obtain() -> Blob:
        async with begin() as tx:
            found = await tx.blobs.obtain(described(blob))
            found.acquire()
            await tx.blobs.save(found)
            await tx.commit()
            return found

    async with begin() as tx:
        condemned = await tx.blobs.lock(blob.id)
        assert condemned is not None
        waiting = asyncio.create_task(obtain())
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()
        await tx.blobs.remove(condemned)
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()
        await tx.commit()

    fresh = await waiting
    assert fresh.id != blob.id
    assert await read(begin, blob) == fresh


async def test_what_the_collector_had_looked_at_and_left_is_kept(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    await store(begin, blob)

    async def obtain() -> Blob:
        async with begin() as tx:
            return await tx.blobs.obtain(described(blob))

    async with begin() as tx:
        await tx.blobs.lock(blob.id)
        waiting = asyncio.create_task(obtain())
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()

    assert await waiting == blob


async def test_the_collector_waits_for_whoever_takes_hold(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    await store(begin, blob)

    async def look() -> Blob | None:
        async with begin() as tx:
            return await tx.blobs.lock(blob.id)

    async with begin() as tx:
        mine = await tx.blobs.obtain(described(blob))
        mine.acquire()
        await tx.blobs.save(mine)
        looking = asyncio.create_task(look())
        await asyncio.sleep(A_MOMENT)
        assert not looking.done()
        await tx.commit()

    seen = await looking
    assert seen is not None
    assert not seen.is_collectable(before=LATER)


async def test_the_bytes_survive_every_race_of_upload_and_collection(begin: UnitOfWorkFactory) -> None:
    """Whoever has obtained and committed holds a row that is there."""
    checksum = checksum_of("contested")
    first = build_blob(checksum=checksum)
    await store(begin, first)
    removed = 0

    async def upload() -> BlobId:
        async with begin() as tx:
            blob = await tx.blobs.obtain(build_blob(checksum=checksum))
            await asyncio.sleep(0)
            blob.acquire()
            await tx.blobs.save(blob)
            await tx.commit()
            return blob.id

    async def give_up(blob_id: BlobId) -> None:
        async with begin() as tx:
            blob = await tx.blobs.lock(blob_id)
            assert blob is not None
            blob.release(now=NOW)
            await tx.blobs.save(blob)
            await tx.commit()

    async def come_and_go() -> None:
        await give_up(await upload())

    async def collect() -> None:
        nonlocal removed
        async with begin() as tx:
            for blob_id in await tx.blobs.condemned(before=LATER, limit=9):
                blob = await tx.blobs.lock(blob_id)
                if blob is not None and blob.is_collectable(before=LATER):
                    await asyncio.sleep(0)
                    await tx.blobs.remove(blob)
                    removed += 1
            await tx.commit()

    for _ in range(10):
        await asyncio.gather(*(come_and_go() for _ in range(6)), *(collect() for _ in range(3)))
    await collect()
    last = await upload()

    async with begin() as tx:
        [blob] = await tx.blobs.page(after=None, limit=9)
    assert (blob.id, blob.holders) == (last, 1)
    assert removed > 0


async def test_what_is_held_is_not_removed(begin: UnitOfWorkFactory) -> None:
    blob = build_blob(holders=1)
    await store(begin, blob)

    async with begin() as tx:
        locked = await tx.blobs.lock(blob.id)
        assert locked is not None
        await tx.blobs.remove(replace(locked, holders=0))
        await tx.commit()

    assert await read(begin, blob) == blob


async def test_removing_may_be_repeated(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    await store(begin, blob)
    for _ in range(2):
        async with begin() as tx:
            await tx.blobs.remove(blob)
            await tx.commit()

    assert await read(begin, blob) is None


async def test_a_blob_is_locked_under_the_lock_of_its_media(begin: UnitOfWorkFactory) -> None:
    blob = build_blob()
    media = ready_media(blob)
    await store(begin, blob, media)

    async with begin() as tx:
        locked = await tx.media.lock(media.id)
        assert locked is not None
        assert locked.blob_id is not None
        assert await tx.blobs.lock(locked.blob_id) == blob


async def test_the_condemned_are_found_longest_first(begin: UnitOfWorkFactory) -> None:
    young, older, oldest = (build_blob(condemned_at=NOW - age * MINUTE) for age in (1, 2, 3))
    await store(begin, young, older, oldest, build_blob(holders=1, created_at=NOW - 9 * MINUTE))
    assert young.condemned_at is not None

    async with begin() as tx:
        assert await tx.blobs.condemned(before=young.condemned_at, limit=9) == [oldest.id, older.id]
        assert await tx.blobs.condemned(before=NOW, limit=1) == [oldest.id]


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_whoever_checks_everything_sees_each_once(begin: UnitOfWorkFactory, size: int) -> None:
    blobs = [build_blob(holders=number % 2) for number in range(5)]
    await store(begin, *reversed(blobs))

    seen: list[Blob] = []
    async with begin() as tx:
        while page := await tx.blobs.page(after=seen[-1].id if seen else None, limit=size):
            assert len(page) <= size
            seen += page

    assert seen == blobs
