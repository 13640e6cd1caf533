"""Everything here runs over memory and over PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.memory.database import MemoryDatabase
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.unit_of_work import UnitOfWorkFactory
from tests.builders import IDS
from tests.deletion.albums import TABLES, Albums, MemoryAlbums, PostgresAlbums
from tests.deletion.scene import Scene
from tests.postgres_databases import PostgresDatabases

_LOCK = timedelta(seconds=5)


@pytest.fixture(scope="session")
async def album_engine(postgres_databases: PostgresDatabases) -> AsyncIterator[AsyncEngine]:
    async with postgres_databases.fresh() as dsn:
        connection = await asyncpg.connect(dsn, timeout=10, command_timeout=10)
        await connection.execute(TABLES)
        await connection.close(timeout=10)
        engine = open_engine(dsn, limits=PostgresLimits(connections=25, lock=_LOCK))
        yield engine
        await engine.dispose()


@pytest.fixture
async def postgres_begin(album_engine: AsyncEngine) -> UnitOfWorkFactory:
    # Emptied, not made anew.
    async with album_engine.begin() as connection:
        await connection.exec_driver_sql(
            "TRUNCATE album_pictures, albums, media_attachments, media, media_blobs, outbox, processed_messages, "
            "dead_letters CASCADE"
        )
    return PostgresUnitOfWorkFactory(album_engine, IDS, repositories={Albums: PostgresAlbums})


@pytest.fixture
def memory_begin() -> UnitOfWorkFactory:
    return MemoryUnitOfWorkFactory(MemoryDatabase(lock_timeout=_LOCK), IDS, repositories={Albums: MemoryAlbums})


@pytest.fixture(params=["memory", "postgres"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(begin=request.getfixturevalue(f"{request.param}_begin"))
