"""All or nothing, and nobody sees half of it."""

import asyncio

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import ConcurrentUpdate
from tests.builders import NOW, build_asset, build_batch, build_listing
from tests.contracts.stored import put, read, store


async def test_without_commit_nothing_stays(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.listings.save(listing)

    assert await read(begin, listing) is None


async def test_after_an_exception_nothing_stays(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()

    async def fail() -> None:
        async with begin() as tx:
            await tx.listings.save(listing)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await read(begin, listing) is None


async def test_a_transaction_sees_its_own_writes_and_nobody_else_does(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.listings.save(listing)
        assert await tx.listings.find(listing.id) == listing
        assert await read(begin, listing) is None
        await tx.commit()

    assert await read(begin, listing) == listing


async def test_it_sees_what_others_commit_meanwhile(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.listings.save(build_listing())
        await store(begin, listing)
        assert await tx.listings.find(listing.id) == listing


async def test_one_stale_asset_of_many_spoils_them_all(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    assets = [build_asset(batch, sequence=number) for number in (1, 2, 3)]
    await store(begin, listing, batch, *assets)
    await store(begin, assets[1])
    assets[1].version -= 1

    async with begin() as tx:
        for asset in assets:
            asset.title = "changed"
        with pytest.raises(ConcurrentUpdate):
            await tx.assets.save(assets)

    async with begin() as tx:
        assert [asset.title for asset in await tx.assets.of_batch(batch.id)] == ["Kitchen"] * 3


async def test_after_a_failed_write_nothing_can_be_committed(begin: UnitOfWorkFactory) -> None:
    listing, other = build_listing(), build_listing()
    await store(begin, listing)
    listing.version = 7

    async with begin() as tx:
        await tx.listings.save(other)
        with pytest.raises(ConcurrentUpdate):
            await tx.listings.save(listing)
        with pytest.raises(RuntimeError):
            await tx.commit()

    assert await read(begin, other) is None


async def test_a_cancelled_transaction_leaves_neither_rows_nor_locks(begin: UnitOfWorkFactory) -> None:
    listing, other = build_listing(), build_listing()
    await store(begin, listing)
    inside = asyncio.Event()

    async def hang() -> None:
        async with begin() as tx:
            await tx.listings.lock(listing.id)
            await put(tx, other)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await read(begin, other) is None
    await store(begin, listing)


async def test_a_commit_after_a_statement_that_was_cancelled_does_not_pass_for_one(begin: UnitOfWorkFactory) -> None:
    locked, other = build_listing(), build_listing()
    await store(begin, locked)

    async with begin() as holder, begin() as tx:
        await holder.listings.lock(locked.id)
        await tx.listings.save(other)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await tx.listings.lock(locked.id)
        with pytest.raises(RuntimeError):
            await tx.commit()

    assert await read(begin, other) is None


async def test_an_empty_transaction_may_be_committed(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx:
        await tx.assets.add([])
        await tx.assets.save([])
        await tx.assets.remove([])
        await tx.tasks.add([])
        await tx.dead_letters.save([])
        await tx.outbox.mark_published([], now=NOW)
        await tx.commit()
