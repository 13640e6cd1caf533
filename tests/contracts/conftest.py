"""One behaviour for all adapters: each suite here runs over memory and over PostgreSQL."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.memory.attachment_sets import MemoryAttachmentSets
from adapters.memory.bell import MemoryOutboxBell
from adapters.memory.database import MemoryDatabase
from adapters.memory.listings import MemoryListings
from adapters.memory.set_owners import MemoryKits, MemoryParts
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.postgres.attachment_sets import PostgresAttachmentSets
from adapters.postgres.bell import PostgresOutboxBell
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.listings import PostgresListings
from adapters.postgres.set_owners import PostgresKits, PostgresParts
from adapters.postgres.tables import metadata
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.ports.messaging import OutboxBell
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.repository import AttachmentSets
from domain.kits.kit import Kits
from domain.listings.repository import Listings
from domain.parts.part import Parts
from tests.builders import IDS
from tests.postgres_databases import PostgresDatabases

HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
LOCK_TIMEOUT = timedelta(seconds=1)
LIMITS = PostgresLimits(connections=25, lock=LOCK_TIMEOUT)


class HandedIn(Listings, Protocol):
    """The port of a repository that the core does not know."""


MEMORY = {
    HandedIn: MemoryListings,
    AttachmentSets: MemoryAttachmentSets,
    Parts: MemoryParts,
    Kits: MemoryKits,
}
POSTGRES = {
    HandedIn: PostgresListings,
    AttachmentSets: PostgresAttachmentSets,
    Parts: PostgresParts,
    Kits: PostgresKits,
}


@dataclass(frozen=True, kw_only=True)
class Database:
    """An empty database of the test's own. A wait for another transaction is given up after LOCK_TIMEOUT."""

    begin: UnitOfWorkFactory
    bell: OutboxBell
    headers: Mapping[str, str]


@pytest.fixture
async def memory_database() -> Database:
    database = MemoryDatabase(lock_timeout=LOCK_TIMEOUT)
    begin = MemoryUnitOfWorkFactory(database, IDS, headers=lambda: HEADERS, repositories=MEMORY)
    return Database(begin=begin, bell=MemoryOutboxBell(database), headers=HEADERS)


@pytest.fixture(scope="session")
async def contract_engine(postgres_databases: PostgresDatabases) -> AsyncIterator[tuple[str, AsyncEngine]]:
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn, limits=LIMITS)
        yield dsn, engine
        await engine.dispose()


@pytest.fixture
async def postgres_database(contract_engine: tuple[str, AsyncEngine]) -> AsyncIterator[Database]:
    # Emptied, not made anew: a hundred tests times a tenth of a second.
    dsn, engine = contract_engine
    async with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
    async with PostgresOutboxBell(dsn, limits=LIMITS) as bell:
        begin = PostgresUnitOfWorkFactory(engine, IDS, headers=lambda: HEADERS, repositories=POSTGRES)
        yield Database(begin=begin, bell=bell, headers=HEADERS)


@pytest.fixture(params=["memory", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    found = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(found, Database)
    return found


@pytest.fixture
def begin(database: Database) -> UnitOfWorkFactory:
    return database.begin
