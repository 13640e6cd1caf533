"""Repositories that a consumer of media hands in take part in the transaction like any other."""

from typing import cast

import pytest

from application.unit_of_work import NoTransaction, UnitOfWork, UnitOfWorkFactory
from domain.errors import ConcurrentUpdate
from domain.listings.events import ListingAwaitsApproval
from domain.listings.listing import Listing
from tests.builders import NOW, build_listing
from tests.contracts.conftest import HandedIn
from tests.contracts.stored import read, store


async def test_it_writes_in_the_transaction_that_it_is_asked_of(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.repository(HandedIn).save(listing)
        assert await tx.listings.find(listing.id) == listing
        assert await read(begin, listing) is None
    assert await read(begin, listing) is None

    listing = build_listing()
    async with begin() as tx:
        await tx.repository(HandedIn).save(listing)
        await tx.commit()
    assert await read(begin, listing) == listing


async def test_its_locks_last_as_long_as_the_transaction(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    await store(begin, listing)

    async with begin() as tx:
        assert await tx.repository(HandedIn).lock(listing.id) == listing
        assert await tx.listings.lock(listing.id) == listing
    async with begin() as tx:
        assert await tx.listings.lock(listing.id) == listing


async def test_what_its_aggregates_record_goes_out_with_the_commit(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    listing.record(ListingAwaitsApproval(listing_id=listing.id, occurred_at=NOW))
    async with begin() as tx:
        await tx.repository(HandedIn).save(listing)
        await tx.commit()

    async with begin() as tx:
        [entry] = await tx.outbox.take(limit=9, now=NOW)
    assert entry.message.key == str(listing.id)


async def test_its_failed_write_spoils_the_transaction(begin: UnitOfWorkFactory) -> None:
    listing, other = build_listing(), build_listing()
    await store(begin, listing)
    listing.version = 7

    async with begin() as tx:
        await tx.listings.save(other)
        with pytest.raises(ConcurrentUpdate):
            await tx.repository(HandedIn).save(listing)
        with pytest.raises(RuntimeError):
            await tx.commit()

    assert await read(begin, other) is None


async def test_it_is_made_once_for_each_transaction(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx, begin() as other:
        assert tx.repository(HandedIn) is tx.repository(HandedIn)
        assert tx.repository(HandedIn) is not other.repository(HandedIn)


async def test_one_that_nobody_has_handed_in_is_not_found(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx:
        with pytest.raises(LookupError):
            tx.repository(Listing)


async def test_outside_of_a_transaction_there_is_none(begin: UnitOfWorkFactory) -> None:
    def refuses(tx: UnitOfWork) -> None:
        with pytest.raises(NoTransaction):
            tx.require_open()
        with pytest.raises(NoTransaction):
            tx.repository(HandedIn)

    block = begin()
    refuses(cast("UnitOfWork", block))
    async with block as tx:
        tx.require_open()
        tx.repository(HandedIn)
        await tx.commit()
        refuses(tx)
    refuses(tx)

    async with begin() as tx:
        pass
    refuses(tx)


async def test_a_transaction_that_has_failed_is_still_the_callers_to_end(begin: UnitOfWorkFactory) -> None:
    listing = build_listing()
    await store(begin, listing)
    listing.version = 7
    async with begin() as tx:
        with pytest.raises(ConcurrentUpdate):
            await tx.listings.save(listing)
        tx.require_open()
