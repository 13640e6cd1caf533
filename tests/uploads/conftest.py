"""Everything here runs over memory, and over PostgreSQL and a real store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.memory.clock import ManualClock
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.s3.connection import S3Connection
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.store import S3ObjectStore
from tests.builders import IDS
from tests.postgres_databases import PostgresDatabases
from tests.uploads.library import Library


@pytest.fixture
def memory_library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
async def real_library(
    tmp_path: Path, postgres_databases: PostgresDatabases, s3: S3Connection
) -> AsyncIterator[Library]:
    """The store dates what it holds by its own clock, and so does the library begin."""
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn, limits=PostgresLimits(connections=25))
        library = Library(tmp_path)
        library.clock = ManualClock(datetime.now(UTC))
        library.begin = PostgresUnitOfWorkFactory(engine, IDS)
        library.patience = 0.2
        library.store, library.multipart = S3ObjectStore(s3), S3MultipartUploads(s3)
        yield library
        await engine.dispose()


@pytest.fixture(params=["memory", "real"])
def library(request: pytest.FixtureRequest) -> Library:
    found: Library = request.getfixturevalue(f"{request.param}_library")
    return found
