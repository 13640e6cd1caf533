"""A task may be cancelled at any moment: its connection goes back to the pool with no transaction open."""

import asyncio
import random

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from domain.errors import DomainError
from domain.listings.listing import Listing
from tests.builders import IDS, build_listing

SLOW_COMMIT = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON listings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()
"""
COMMITTING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = 'COMMIT'
"""
OPEN_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


def _checked_out(engine: AsyncEngine) -> int:
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


async def _store(begin: PostgresUnitOfWorkFactory, listing: Listing) -> None:
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.commit()


async def test_cancelled_while_it_waits_for_a_lock(
    begin: PostgresUnitOfWorkFactory, postgres_engine: AsyncEngine, bystander: asyncpg.Connection
) -> None:
    listing = build_listing()
    await _store(begin, listing)

    async def wait() -> None:
        async with begin() as tx:
            await tx.listings.save(build_listing())
            await tx.listings.lock(listing.id)

    async with begin() as tx:
        await tx.listings.lock(listing.id)
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert _checked_out(postgres_engine) == 1

    assert _checked_out(postgres_engine) == 0
    assert await bystander.fetchval(OPEN_TRANSACTIONS) == 0
    await _store(begin, listing)


async def test_cancelled_during_the_commit_it_is_committed_whole(
    begin: PostgresUnitOfWorkFactory, postgres_engine: AsyncEngine, bystander: asyncpg.Connection
) -> None:
    await bystander.execute(SLOW_COMMIT)
    listing = build_listing()

    committing = asyncio.create_task(_store(begin, listing))
    while await bystander.fetchval(COMMITTING) == 0:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    for _ in range(3):
        committing.cancel()
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await committing

    assert await bystander.fetchval("SELECT version FROM listings WHERE id = $1", listing.id) == 1
    assert await bystander.fetchval(OPEN_TRANSACTIONS) == 0
    assert _checked_out(postgres_engine) == 0


async def test_cancelled_at_random_moments_nothing_leaks(postgres_dsn: str, bystander: asyncpg.Connection) -> None:
    engine = open_engine(postgres_dsn, limits=PostgresLimits(connections=4))
    begin = PostgresUnitOfWorkFactory(engine, IDS)
    chance = random.Random(11)

    async def work() -> None:
        async with begin() as tx:
            listing = build_listing()
            await tx.listings.find(listing.id)
            await tx.listings.save(listing)
            await tx.listings.lock(listing.id)
            await tx.commit()

    for _ in range(40):
        tasks = [asyncio.create_task(work()) for _ in range(8)]
        for task in tasks:
            await asyncio.sleep(chance.random() * 0.002)
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [outcome for outcome in outcomes if isinstance(outcome, DomainError)]

    assert _checked_out(engine) == 0
    assert await bystander.fetchval(OPEN_TRANSACTIONS) == 0
    await asyncio.gather(*(work() for _ in range(8)))
    await engine.dispose()
