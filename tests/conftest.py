"""Services that tests share: one of each for a session, real ones. Where they come from: tests/services."""

import gc
import secrets
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import open_engine
from adapters.s3.address import BucketAddress
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import S3Connection, open_s3
from entrypoints.garbage import spare_what_is_open
from tests.postgres_databases import PostgresDatabases
from tests.services import ladders
from tests.services.lending import lending, shared_kafka
from tests.services.native_kafka import NativeKafka
from tests.services.object_store import OBJECT_STORE
from tests.services.own_kafka import OWN_KAFKA
from tests.services.postgres import POSTGRES, PostgresServer
from tests.shifts import Shifts, rank_of

APP_ORIGIN = "https://app.example"

# The machine's load decides how long one example takes: a deadline would only make tests flaky.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_report_header() -> str:
    return ladders.header()


def pytest_configure(config: pytest.Config) -> None:
    """Before workers are started."""
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        lent = ExitStack()
        config.add_cleanup(lent.close)
        lent.enter_context(lending())


# Thousands of tests and all that they import live to the end: to look through them again took a third of the CPU.


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    spare_what_is_open()
    gc.enable()
    if not session.config.option.collectonly:
        ladders.prepare_for({name for item in session.items for name in getattr(item, "fixturenames", ())})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shifts | None:
    return Shifts(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
async def object_store_server() -> AsyncIterator[BucketAddress]:
    async with OBJECT_STORE.open() as server:
        yield server


@pytest.fixture(scope="session")
def bucket_address(object_store_server: BucketAddress) -> BucketAddress:
    return object_store_server


@pytest.fixture(scope="session")
async def s3(bucket_address: BucketAddress) -> AsyncIterator[S3Connection]:
    """An open connection to a bucket that is ready for browsers of APP_ORIGIN. Tests differ by key prefix."""
    async with open_s3(bucket_address) as connection:
        await prepare_bucket(connection, cors_origins=[APP_ORIGIN])
        yield connection


@pytest.fixture(scope="session")
async def postgres_server() -> AsyncIterator[PostgresServer]:
    async with POSTGRES.open() as server:
        yield server


@pytest.fixture(scope="session")
async def postgres_databases(postgres_server: PostgresServer) -> AsyncIterator[PostgresDatabases]:
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


@pytest.fixture(scope="session")
async def kafka_servers() -> AsyncIterator[str]:
    """host:port of a broker, of all workers. Tests differ by kafka_prefix."""
    async with shared_kafka() as servers:
        yield servers


@pytest.fixture
def kafka_prefix() -> str:
    """For the names of the test's own topics and consumer groups, as VITRINE_KAFKA_PREFIX puts it."""
    return f"t{secrets.token_hex(4)}."


@pytest.fixture
async def own_kafka() -> AsyncIterator[NativeKafka]:
    """A broker that nobody shares: to be stopped, killed, paused and started again."""
    async with OWN_KAFKA.open() as kafka:
        yield kafka
