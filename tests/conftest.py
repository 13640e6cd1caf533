"""Servers that tests share: started once a session, real ones."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.seaweedfs import EmbeddedObjectStore
from adapters.postgres.engine import open_engine
from adapters.s3.address import BucketAddress
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import S3Connection, open_s3
from tests.postgres_databases import PostgresDatabases

BUCKET = "vitrine-test"
APP_ORIGIN = "https://app.example"


@pytest.fixture(scope="session")
async def object_store_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedObjectStore]:
    folder: Path = tmp_path_factory.mktemp("object-store")
    async with EmbeddedObjectStore(folder, buckets=[BUCKET]) as server:
        yield server


@pytest.fixture(scope="session")
def bucket_address(object_store_server: EmbeddedObjectStore) -> BucketAddress:
    return BucketAddress(
        endpoint_url=object_store_server.endpoint_url,
        bucket=BUCKET,
        region=object_store_server.region,
        access_key=object_store_server.access_key,
        secret_key=object_store_server.secret_key,
    )


@pytest.fixture(scope="session")
async def s3(bucket_address: BucketAddress) -> AsyncIterator[S3Connection]:
    """An open connection to a bucket that is ready for browsers of APP_ORIGIN. Tests differ by key prefix."""
    async with open_s3(bucket_address) as connection:
        await prepare_bucket(connection, cors_origins=[APP_ORIGIN])
        yield connection


@pytest.fixture(scope="session")
async def postgres_server() -> AsyncIterator[EmbeddedPostgres]:
    # Not in pytest's own folder, which lets nobody else in: root has to start the server as another user.
    with TemporaryDirectory(prefix="vitrine-postgres-") as folder:
        async with EmbeddedPostgres(Path(folder), durable=False) as server:
            yield server


@pytest.fixture(scope="session")
async def postgres_databases(postgres_server: EmbeddedPostgres) -> AsyncIterator[PostgresDatabases]:
    async with PostgresDatabases(postgres_server.dsn) as databases:
        yield databases


@pytest.fixture
async def postgres_dsn(postgres_databases: PostgresDatabases) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    async with postgres_databases.fresh() as dsn:
        yield dsn


@pytest.fixture
async def postgres_engine(postgres_dsn: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(postgres_dsn)
    yield engine
    await engine.dispose()
