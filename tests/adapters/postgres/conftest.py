from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from migrations.upgrade import upgrade
from tests.adapters.postgres.legacy import Legacy
from tests.builders import IDS
from tests.postgres_databases import PostgresDatabases


@pytest.fixture
def begin(postgres_engine: AsyncEngine) -> PostgresUnitOfWorkFactory:
    return PostgresUnitOfWorkFactory(postgres_engine, IDS)


@pytest.fixture
async def bystander(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the pool, to look at what the pool's connections do, and to disturb them."""
    connection = await asyncpg.connect(postgres_dsn, timeout=5, command_timeout=10)
    yield connection
    await connection.close(timeout=5)


@pytest.fixture(scope="session")
async def legacy_template(postgres_databases: PostgresDatabases) -> AsyncIterator[str]:
    """The name of an empty database at revision 0013."""
    async with postgres_databases.fresh(template="template0") as dsn:
        await upgrade(dsn, "0013")
        yield dsn.rpartition("/")[2]


@pytest.fixture
async def legacy(postgres_databases: PostgresDatabases, legacy_template: str) -> AsyncIterator[Legacy]:
    async with postgres_databases.fresh(template=legacy_template) as dsn, Legacy.at(dsn) as legacy:
        yield legacy
