"""`lock` puts transactions that want one aggregate in a row."""

import asyncio
from datetime import timedelta

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable
from domain.jobs.task import TaskStatus
from tests.builders import NOW, build_asset, build_batch, build_booking, build_listing, build_task
from tests.contracts.families import FAMILIES, Family
from tests.contracts.stored import lock, put, read, store, stored_job

A_MOMENT = 0.1


@pytest.fixture(params=["listing", "batch", "job", "task", "dead letter", "media", "blob"])
def family(request: pytest.FixtureRequest) -> Family:
    return FAMILIES[request.param]()


async def test_changes_under_the_lock_are_never_lost(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)

    async def change() -> None:
        async with begin() as tx:
            found = await lock(tx, family.young)
            assert found is not None
            await asyncio.sleep(0)
            await put(tx, found)
            await tx.commit()

    await asyncio.gather(*(change() for _ in range(10)))

    after = await read(begin, family.young)
    assert after is not None
    assert after.version == family.young.version + 10


async def test_a_lock_is_waited_for_until_the_transaction_ends(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)

    async def wait() -> None:
        async with begin() as other:
            await lock(other, family.young)

    async with begin() as tx:
        await lock(tx, family.young)
        await lock(tx, family.young)
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(A_MOMENT)
        assert not waiting.done()
    await asyncio.wait_for(waiting, timeout=1)


async def test_a_lock_that_is_held_too_long_is_given_up(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    await store(begin, listing)

    async with begin() as tx, begin() as other:
        await tx.listings.lock(listing.id)
        with pytest.raises(Unavailable):
            await other.listings.lock(listing.id)


async def test_a_lock_stops_no_reader(begin: UnitOfWorkFactory, family: Family) -> None:
    await store(begin, *family.parents, family.young)

    async with begin() as tx:
        await lock(tx, family.young)
        assert await read(begin, family.young) == family.young


async def test_a_lock_on_what_does_not_exist_is_none(begin: UnitOfWorkFactory, family: Family) -> None:
    async with begin() as tx:
        assert await lock(tx, family.young) is None


async def test_whoever_waited_sees_the_bookings_of_whoever_came_first(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    await store(begin, listing)

    async def wait() -> int:
        async with begin() as tx:
            found = await tx.listings.lock(listing.id)
            assert found is not None
            return len(found.bookings)

    async with begin() as tx:
        await tx.listings.lock(listing.id)
        listing.bookings = (build_booking(), build_booking(), build_booking())
        await tx.listings.save(listing)
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(A_MOMENT)
        await tx.commit()

    assert await waiting == 3


async def test_a_locked_batch_takes_new_assets(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    await store(begin, listing, batch)

    async with begin() as tx:
        await tx.batches.lock(batch.id)
        await store(begin, build_asset(batch))


async def test_a_locked_task_is_not_claimed(begin: UnitOfWorkFactory) -> None:
    task = build_task(await stored_job(begin))
    await store(begin, task)

    async def claim() -> bool:
        async with begin() as tx:
            claimed = await tx.leases.claim(task.id, worker="w", lease=timedelta(seconds=9), now=NOW)
            await tx.commit()
            return claimed is not None

    async with begin() as tx:
        locked = await tx.tasks.lock(task.id)
        assert locked is not None
        claiming = asyncio.create_task(claim())
        await asyncio.sleep(A_MOMENT)
        assert not claiming.done()
        locked.status = TaskStatus.DONE
        await tx.tasks.save(locked)
        await tx.commit()

    assert await claiming is False
