"""One behaviour for all adapters: each suite here runs over memory and over PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.memory.bell import MemoryOutboxBell
from adapters.memory.database import MemoryDatabase
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.bell import PostgresOutboxBell
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.ports.messaging import OutboxBell
from application.unit_of_work import UnitOfWorkFactory
from tests.builders import IDS

HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
LOCK_TIMEOUT = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Database:
    """An empty database of the test's own. A wait for another transaction is given up after LOCK_TIMEOUT."""

    begin: UnitOfWorkFactory
    bell: OutboxBell


@pytest.fixture
async def memory_database() -> Database:
    database = MemoryDatabase(lock_timeout=LOCK_TIMEOUT)
    begin = MemoryUnitOfWorkFactory(database, IDS, headers=lambda: HEADERS)
    return Database(begin=begin, bell=MemoryOutboxBell(database))


@pytest.fixture
async def postgres_database(postgres_dsn: str) -> AsyncIterator[Database]:
    limits = PostgresLimits(connections=25, lock=LOCK_TIMEOUT)
    engine = open_engine(postgres_dsn, limits=limits)
    async with PostgresOutboxBell(postgres_dsn, limits=limits) as bell:
        yield Database(begin=PostgresUnitOfWorkFactory(engine, IDS, headers=lambda: HEADERS), bell=bell)
    await engine.dispose()


@pytest.fixture(params=["memory", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    found = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(found, Database)
    return found


@pytest.fixture
def begin(database: Database) -> UnitOfWorkFactory:
    return database.begin
