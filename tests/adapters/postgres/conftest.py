from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from tests.builders import IDS


@pytest.fixture
def begin(postgres_engine: AsyncEngine) -> PostgresUnitOfWorkFactory:
    return PostgresUnitOfWorkFactory(postgres_engine, IDS)


@pytest.fixture
async def bystander(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the pool, to look at what the pool's connections do, and to disturb them."""
    connection = await asyncpg.connect(postgres_dsn, timeout=5, command_timeout=10)
    yield connection
    await connection.close(timeout=5)
