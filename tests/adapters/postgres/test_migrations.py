"""The revisions and the tables in code say the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import migrations
from adapters.postgres.engine import open_engine
from adapters.postgres.tables import metadata
from domain.errors import Unavailable
from domain.media.object_keys import blob_key
from migrations.schema import REVISIONS, SchemaOutdated, bring_up_to_date, current_revision, require_current
from migrations.upgrade import downgrade, upgrade
from tests.builders import IDS, NOW, STORE, checksum_of
from tests.postgres_databases import PostgresDatabases

CATALOGUE = """
SELECT table_name || '.' || column_name AS name, data_type || ' ' || is_nullable || ' ' || is_identity AS definition
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


async def _catalogue(dsn: str) -> dict[str, str]:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        rows = await connection.fetch(CATALOGUE)
    finally:
        await connection.close(timeout=5)
    return {row["name"]: row["definition"] for row in rows if not row["name"].startswith("alembic_version")}


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_alembic_finds_no_difference_to_the_tables(postgres_dsn: str) -> None:
    url = make_url(postgres_dsn).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_columns_constraints_and_indexes_are_those_of_the_tables(
    postgres_dsn: str, postgres_databases: PostgresDatabases
) -> None:
    async with postgres_databases.fresh(template="template0") as created:
        engine = open_engine(created)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()
        expected = await _catalogue(created)

    assert len(expected) > 100
    assert await _catalogue(postgres_dsn) == expected


def test_the_files_name_the_revisions_that_alembic_knows() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(revision.revision for revision in reversed([*script.walk_revisions()])) == REVISIONS
    assert script.get_heads() == [REVISIONS[-1]]


@pytest.mark.parametrize("behind", [None, *REVISIONS[-3:-1]])
async def test_a_schema_that_is_behind_is_refused_until_it_is_brought_up_to_date(
    postgres_databases: PostgresDatabases, behind: str | None
) -> None:
    async with postgres_databases.fresh(template="template0") as dsn:
        if behind is not None:
            await upgrade(dsn, behind)
        assert await current_revision(dsn) == behind
        with pytest.raises(SchemaOutdated, match=f"is at {behind or 'base'}, and this version needs {REVISIONS[-1]}"):
            await require_current(dsn)
        await bring_up_to_date(dsn)
        assert await current_revision(dsn) == REVISIONS[-1]
        await require_current(dsn)
        await bring_up_to_date(dsn)


async def test_a_schema_that_is_ahead_is_taken_along(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn, timeout=5)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close(timeout=5)
    await require_current(postgres_dsn)


async def test_down_leaves_nothing_and_up_again_restores_all(postgres_dsn: str) -> None:
    before = await _catalogue(postgres_dsn)

    await downgrade(postgres_dsn, "base")
    assert await _catalogue(postgres_dsn) == {}
    await upgrade(postgres_dsn)
    assert await _catalogue(postgres_dsn) == before


async def test_processes_that_migrate_at_once_wait_for_each_other(postgres_databases: PostgresDatabases) -> None:
    async with postgres_databases.fresh(template="template0") as dsn:
        await asyncio.gather(*(upgrade(dsn) for _ in range(4)))
        assert await _catalogue(dsn)


async def test_a_database_that_cannot_be_reached_is_unavailable(postgres_dsn: str) -> None:
    with pytest.raises(Unavailable):
        await upgrade(f"{postgres_dsn}_that_does_not_exist")


async def test_what_was_known_of_listings_before_is_as_old_as_its_last_change(
    postgres_databases: PostgresDatabases,
) -> None:
    async with postgres_databases.fresh(template="template0") as dsn:
        await upgrade(dsn, "0003")
        connection = await asyncpg.connect(dsn, timeout=5)
        await connection.execute(
            "INSERT INTO listings (id, store_id, owner_id, kind, status, created_at, updated_at, version) VALUES "
            "($1, $1, $1, 'PROPERTY', 'DRAFT', $2, $3, 1)",
            IDS.new(),
            NOW,
            NOW + timedelta(hours=1),
        )
        await upgrade(dsn)

        row = await connection.fetchrow("SELECT facts_as_of, facts_digest, advanced_at FROM listings")

        await connection.close(timeout=5)
        assert row is not None
        assert tuple(row) == (NOW + timedelta(hours=1), bytes(32), None)


BLOB = """
INSERT INTO media_blobs (id, store_id, checksum, size_bytes, content_type, holders, condemned_at, created_at, version)
VALUES ($1, $2, $3, 5, 'image/png', 0, $4, $4, 1)
"""


@pytest.fixture
async def before_keys(postgres_databases: PostgresDatabases) -> AsyncIterator[str]:
    """A database whose blobs do not say yet where they lie."""
    async with postgres_databases.fresh(template="template0") as dsn:
        await upgrade(dsn, "0011")
        yield dsn


async def test_blobs_that_did_not_say_where_they_lie_lie_under_their_hash(before_keys: str) -> None:
    checksum = checksum_of("bytes")
    connection = await asyncpg.connect(before_keys, timeout=5)
    await connection.execute(BLOB, IDS.new(), STORE, checksum.digest, NOW)

    await upgrade(before_keys, "0012")

    assert await connection.fetchval("SELECT key FROM media_blobs") == blob_key(STORE, checksum)
    await downgrade(before_keys, "0011")
    assert await connection.fetchval("SELECT checksum FROM media_blobs") == checksum.digest
    await connection.close(timeout=5)


async def test_there_is_no_way_down_while_a_blob_lies_elsewhere(before_keys: str) -> None:
    await upgrade(before_keys, "0012")
    connection = await asyncpg.connect(before_keys, timeout=5)
    with_key = BLOB.replace("(id,", "(key, id,").replace("($1", "('elsewhere', $1")
    await connection.execute(with_key, IDS.new(), STORE, checksum_of("bytes").digest, NOW)

    with pytest.raises(CommandError, match="1 blobs lie elsewhere than under their hash"):
        await downgrade(before_keys, "0011")

    assert await connection.fetchval("SELECT key FROM media_blobs") == "elsewhere"
    await connection.close(timeout=5)
