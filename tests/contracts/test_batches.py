"""One reference, one live batch."""

import asyncio

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.batches.batch import Batch, BatchStatus
from domain.batches.errors import BatchReferenceTaken
from domain.listings.errors import ListingNotFound
from domain.listings.listing import Listing
from tests.builders import NOW, build_batch, build_listing
from tests.contracts.stored import put, read, store


@pytest.fixture
async def listing(begin: UnitOfWorkFactory) -> Listing:
    listing = build_listing()
    await store(begin, listing)
    return listing


def _batch(listing: Listing, reference: str = "shoot") -> Batch:
    return build_batch(listing_id=listing.id, reference=reference)


async def test_the_live_batch_is_found_by_its_reference(begin: UnitOfWorkFactory, listing: Listing) -> None:
    batch = _batch(listing)
    await store(begin, batch, _batch(listing, "other"))

    async with begin() as tx:
        assert await tx.batches.find_live(listing.id, "shoot") == batch
        assert await tx.batches.find_live(listing.id, "Shoot") is None
        assert await tx.batches.find_live(build_listing().id, "shoot") is None


async def test_a_live_reference_is_taken(begin: UnitOfWorkFactory, listing: Listing) -> None:
    await store(begin, _batch(listing))

    with pytest.raises(BatchReferenceTaken) as refused:
        await store(begin, _batch(listing))

    assert refused.value.reference == "shoot"


async def test_another_listing_may_use_the_reference(begin: UnitOfWorkFactory, listing: Listing) -> None:
    other = build_listing()
    await store(begin, _batch(listing), other, _batch(other))


@pytest.mark.parametrize("status", [BatchStatus.READY, BatchStatus.FAILED])
async def test_a_settled_batch_keeps_its_reference(
    begin: UnitOfWorkFactory, listing: Listing, status: BatchStatus
) -> None:
    batch = _batch(listing)
    batch.status = status
    await store(begin, batch)

    with pytest.raises(BatchReferenceTaken):
        await store(begin, _batch(listing))


async def test_an_expired_batch_gives_its_reference_up(begin: UnitOfWorkFactory, listing: Listing) -> None:
    expired, heir = _batch(listing), _batch(listing)
    await store(begin, expired)
    expired.expire(now=NOW)

    async with begin() as tx:
        await put(tx, expired, heir)
        await tx.commit()

    async with begin() as tx:
        assert await tx.batches.find_live(listing.id, "shoot") == heir
        assert await tx.batches.find(expired.id) == expired


async def test_a_deleted_batch_gives_its_reference_up_and_is_hidden(begin: UnitOfWorkFactory, listing: Listing) -> None:
    deleted, heir = _batch(listing), _batch(listing)
    await store(begin, deleted)
    deleted.delete(now=NOW)
    await store(begin, deleted, heir)

    assert await read(begin, deleted) is None
    async with begin() as tx:
        assert await tx.batches.find_live(listing.id, "shoot") == heir
        assert await tx.batches.lock(deleted.id) is None


async def test_of_twenty_that_want_one_reference_at_once_one_gets_it(
    begin: UnitOfWorkFactory, listing: Listing
) -> None:
    batches = [_batch(listing) for _ in range(20)]

    outcomes = await asyncio.gather(*(store(begin, batch) for batch in batches), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, BatchReferenceTaken) for outcome in outcomes) == 19


@pytest.mark.parametrize("commits", [True, False])
async def test_whoever_wants_a_reference_waits_for_whoever_is_taking_it(
    begin: UnitOfWorkFactory, listing: Listing, *, commits: bool
) -> None:
    async with begin() as tx:
        await tx.batches.save(_batch(listing))
        second = asyncio.create_task(store(begin, _batch(listing)))
        await asyncio.sleep(0.1)
        assert not second.done()
        if commits:
            await tx.commit()

    [outcome] = await asyncio.gather(second, return_exceptions=True)
    assert isinstance(outcome, BatchReferenceTaken) if commits else outcome is None


async def test_a_batch_needs_its_listing(begin: UnitOfWorkFactory) -> None:
    with pytest.raises(ListingNotFound):
        await store(begin, build_batch())
