"""A server that goes away is Unavailable to whoever is at work, and no trouble to whoever comes after."""

import asyncio
import socket
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.ping import ping
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from domain.errors import ConcurrentUpdate, Unavailable
from domain.listings.listing import Listing
from tests.builders import IDS, build_listing

HANG_UP_ON_THE_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def _store(begin: PostgresUnitOfWorkFactory, *listings: Listing) -> None:
    async with begin() as tx:
        for listing in listings:
            await tx.listings.save(listing)
        await tx.commit()


async def test_a_connection_lost_in_the_pool_is_replaced(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection
) -> None:
    async with begin() as one, begin() as two:
        await one.listings.find(build_listing().id)
        await two.listings.find(build_listing().id)
    await bystander.execute(HANG_UP_ON_THE_OTHERS)
    await asyncio.sleep(0.05)

    await _store(begin, build_listing())


async def test_a_connection_lost_at_work_is_unavailable(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection
) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.listings.save(listing)
        await bystander.execute(HANG_UP_ON_THE_OTHERS)
        with pytest.raises(Unavailable):
            await tx.commit()

    await _store(begin, build_listing())
    assert await bystander.fetchval("SELECT count(*) FROM listings WHERE id = $1", listing.id) == 0


class LostTrack:
    """A connection of whose state the driver is no longer sure."""

    async def fetch(self, *_: object) -> None:
        raise asyncpg.InternalClientError("another operation is in progress")

    def is_closed(self) -> bool:
        return False


async def test_a_connection_that_the_driver_has_lost_track_of_is_not_used_again(
    begin: PostgresUnitOfWorkFactory,
) -> None:
    async with begin() as tx:
        sound = tx._transaction._connection
        lost = await sound.fetchval("SELECT pg_backend_pid()")
        tx._transaction._connection = LostTrack()
        with pytest.raises(Unavailable):
            await tx.listings.find(build_listing().id)

    async with begin() as tx:
        assert await tx._transaction._connection.fetchval("SELECT pg_backend_pid()") != lost


async def test_no_server_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    engine = open_engine(f"postgresql://vitrine:secret@127.0.0.1:{port}/vitrine")
    with pytest.raises(Unavailable):
        async with PostgresUnitOfWorkFactory(engine, IDS)():
            raise AssertionError("there is nothing to talk to")
    await engine.dispose()


async def test_a_server_that_says_nothing_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        limits = PostgresLimits(connect=timedelta(seconds=0.2))
        engine = open_engine(f"postgresql://vitrine:secret@127.0.0.1:{port}/vitrine", limits=limits)
        with pytest.raises(Unavailable):
            async with PostgresUnitOfWorkFactory(engine, IDS)():
                raise AssertionError("there is nobody to talk to")
        await engine.dispose()


async def test_a_database_that_does_not_exist_is_unavailable(postgres_dsn: str) -> None:
    engine = open_engine(f"{postgres_dsn}_of_nobody")
    with pytest.raises(Unavailable, match=r"does not exist$"):
        async with PostgresUnitOfWorkFactory(engine, IDS)():
            raise AssertionError("there is nothing to open")
    await engine.dispose()


async def test_a_pool_with_nothing_free_is_unavailable(postgres_dsn: str) -> None:
    limits = PostgresLimits(connections=1, wait_for_connection=timedelta(seconds=0.1))
    engine = open_engine(postgres_dsn, limits=limits)
    begin = PostgresUnitOfWorkFactory(engine, IDS)
    async with begin():
        with pytest.raises(Unavailable):
            async with begin():
                raise AssertionError("there is one connection only")
    await _store(begin, build_listing())
    await engine.dispose()


async def test_a_statement_that_takes_too_long_is_unavailable(postgres_dsn: str, bystander: asyncpg.Connection) -> None:
    engine = open_engine(postgres_dsn, limits=PostgresLimits(statement=timedelta(seconds=0.2)))
    begin = PostgresUnitOfWorkFactory(engine, IDS)
    async with bystander.transaction():
        await bystander.execute("LOCK TABLE listings")
        async with begin() as tx:
            with pytest.raises(Unavailable):
                await tx.listings.find(build_listing().id)
    await _store(begin, build_listing())
    await engine.dispose()


async def test_of_two_that_wait_for_each_other_one_is_told_to_repeat(begin: PostgresUnitOfWorkFactory) -> None:
    left, right = build_listing(), build_listing()
    await _store(begin, left, right)

    async def lock(first: Listing, second: Listing) -> None:
        async with begin() as tx:
            await tx.listings.lock(first.id)
            await asyncio.sleep(0.1)
            await tx.listings.lock(second.id)

    outcomes = await asyncio.gather(lock(left, right), lock(right, left), return_exceptions=True)

    assert sum(isinstance(outcome, ConcurrentUpdate) for outcome in outcomes) == 1
    assert outcomes.count(None) == 1


async def test_a_ping_is_answered_or_unavailable(postgres_engine: AsyncEngine) -> None:
    await ping(postgres_engine)

    nowhere = open_engine("postgresql://vitrine:secret@127.0.0.1:1/vitrine")
    with pytest.raises(Unavailable):
        await ping(nowhere)
    await nowhere.dispose()
