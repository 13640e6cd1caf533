"""The real consumers over memory and over PostgreSQL, with a bucket in memory."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.memory.database import MemoryDatabase
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.tables import metadata
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.unit_of_work import UnitOfWorkFactory
from entrypoints.media_consumers.media_consumer import memory_repositories, postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.audit.books import Books
from tests.builders import IDS
from tests.postgres_databases import PostgresDatabases

_LOCK = timedelta(seconds=5)


@pytest.fixture(scope="session")
async def audited_engine(postgres_databases: PostgresDatabases) -> AsyncIterator[AsyncEngine]:
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn, limits=PostgresLimits(connections=25, lock=_LOCK))
        yield engine
        await engine.dispose()


@pytest.fixture
async def postgres_begin(audited_engine: AsyncEngine) -> UnitOfWorkFactory:
    async with audited_engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
    return PostgresUnitOfWorkFactory(audited_engine, IDS, repositories=postgres_repositories(MEDIA_CONSUMERS))


@pytest.fixture
def memory_begin() -> UnitOfWorkFactory:
    database = MemoryDatabase(lock_timeout=_LOCK)
    return MemoryUnitOfWorkFactory(database, IDS, repositories=memory_repositories(MEDIA_CONSUMERS))


@pytest.fixture(params=["memory", "postgres"])
def books(request: pytest.FixtureRequest) -> Books:
    return Books(request.getfixturevalue(f"{request.param}_begin"))
