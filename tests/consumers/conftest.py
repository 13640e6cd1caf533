"""The real application with the real consumers, over memory and over PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.tables import metadata
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from entrypoints.media_consumers.media_consumer import postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.builders import IDS
from tests.consumers.shop import Shop, open_shop
from tests.consumers.workshop import Workshop
from tests.postgres_databases import PostgresDatabases


@pytest.fixture(scope="session")
async def shop_engine(postgres_databases: PostgresDatabases) -> AsyncIterator[AsyncEngine]:
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn, limits=PostgresLimits(connections=25, lock=timedelta(seconds=5)))
        yield engine
        await engine.dispose()


@pytest.fixture
async def postgres_shop(shop_engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Shop]:
    """Over one database for all, which is emptied."""
    async with shop_engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
    begin = PostgresUnitOfWorkFactory(shop_engine, IDS, repositories=postgres_repositories(MEDIA_CONSUMERS))
    async with open_shop(tmp_path, begin) as opened:
        yield opened


@pytest.fixture
async def memory_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, None) as opened:
        yield opened


@pytest.fixture(params=["memory", "postgres"])
def shop(request: pytest.FixtureRequest) -> Shop:
    found = request.getfixturevalue(f"{request.param}_shop")
    assert isinstance(found, Shop)
    return found


@pytest.fixture
def workshop(shop: Shop) -> Workshop:
    return Workshop(shop)


@pytest.fixture
def postgres_workshop(postgres_shop: Shop) -> Workshop:
    return Workshop(postgres_shop)
