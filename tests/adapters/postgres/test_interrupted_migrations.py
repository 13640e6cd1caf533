"""The move into sets (revision 0014) in batches, and what may cut it short."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

from adapters.postgres.engine import PostgresLimits
from domain.errors import Unavailable
from migrations import backfill
from migrations.upgrade import downgrade
from tests.adapters.postgres.legacy import Legacy, Rows
from tests.postgres_databases import PostgresDatabases

MIGRATE = """
import asyncio, sys
from migrations import backfill
from migrations.upgrade import upgrade
backfill.ROWS = 4
asyncio.run(upgrade(sys.argv[1], "0014"))
"""
_IMPATIENT = PostgresLimits(lock=timedelta(milliseconds=200))


@dataclass(frozen=True)
class Twin:
    """A database that is populated and soiled, and what becomes of its rows where nothing comes between."""

    database: str
    expected: Rows


async def test_rows_of_many_batches_move_and_each_says_how_far_it_is(
    legacy: Legacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "ROWS", 7)
    await legacy.populate()
    await legacy.soil()

    with capture_logs() as lines:
        await legacy.up()

    assert len((await legacy.moved())["attachments"]) == 46
    told = {
        step: [(line["rows"], line["of"]) for line in lines if line.get("step") == step]
        for step in ("sets of parts", "sets of kits", "attachments", "orphaned covers", "covers")
    }
    assert told["sets of parts"] == [(7, 13), (13, 13)]
    assert told["sets of kits"] == [(7, 10), (10, 10)]
    assert told["attachments"] == [*((n, 55) for n in range(7, 55, 7)), (55, 55)]
    assert told["orphaned covers"] == [(3, 3)]
    assert told["covers"] == [(7, 8), (8, 8)]
    moved = [line for line in lines if line.get("step") == "attachments"]
    assert sum(line["rejected"] for line in moved) == 9
    assert sum(line["changed"] for line in moved) == 6


async def test_batches_are_of_thousands(legacy: Legacy) -> None:
    """And the first id of all is an id as well."""
    await legacy.connection.execute("""
        INSERT INTO parts (id, store_id, name, created_at, updated_at, version)
            SELECT lpad(to_hex(n), 32, '0')::uuid, gen_random_uuid(), n, now(), now(), 1
            FROM generate_series(0, 11000) AS n;
        INSERT INTO part_attachments (id, part_id, user_id, type, title, url, created_at)
            SELECT id, id, id, 'url', name, 'https://example.com/' || name, now() FROM parts;
    """)

    with capture_logs() as lines:
        await legacy.up()

    told = [line["rows"] for line in lines if line.get("step") == "attachments"]
    assert told == [5_000, 10_000, 11_001]
    assert await legacy.connection.fetchval("SELECT count(*) FROM set_attachments") == 11_001


@dataclass(frozen=True, kw_only=True)
class Midst:
    """Where a batch stands still: when somebody does `event` to a row in the middle of those `rows` of a table."""

    table: str
    event: str = "UPDATE"
    when: str = "true"
    rows: str = "true"

    async def gate(self, legacy: Legacy) -> AbstractAsyncContextManager[None]:
        ids = await legacy.connection.fetch(f"SELECT id FROM {self.table} WHERE {self.rows} ORDER BY id")
        middle = ids[len(ids) // 2]["id"]
        return legacy.gate(self.table, self.event, f"OLD.id = '{middle}' AND {self.when}")


_COVERED = "cover_attachment_id IS NOT NULL"
_COVER_CHANGES = "NEW.cover_attachment_id IS DISTINCT FROM OLD.cover_attachment_id"
MIDSTS = {
    "sets of parts": Midst(table="parts", when=f"NOT ({_COVER_CHANGES})"),
    "sets of kits": Midst(table="kits"),
    "attachments": Midst(table="part_attachments", event="DELETE"),
    "ledger": Midst(table="media", rows="id IN (SELECT media_id FROM part_attachments) AND status = 'READY'"),
    "covers": Midst(table="parts", rows=_COVERED, when=_COVER_CHANGES),
}


@pytest.fixture(scope="module")
async def twin(postgres_databases: PostgresDatabases, legacy_template: str) -> AsyncIterator[Twin]:
    async with postgres_databases.fresh(template=legacy_template) as dsn:
        async with Legacy.at(dsn) as legacy:
            await legacy.populate()
            await legacy.soil()
        name = dsn.rpartition("/")[2]
        async with postgres_databases.fresh(template=name) as undisturbed, Legacy.at(undisturbed) as legacy:
            await legacy.up()
            expected = await legacy.moved()
        yield Twin(name, expected)


@pytest.fixture
async def disturbed(postgres_databases: PostgresDatabases, twin: Twin) -> AsyncIterator[Legacy]:
    async with postgres_databases.fresh(template=twin.database) as dsn, Legacy.at(dsn) as legacy:
        yield legacy


@pytest.mark.parametrize("where", MIDSTS)
async def test_a_connection_that_is_cut_in_mid_batch_costs_nothing(
    disturbed: Legacy, twin: Twin, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(backfill, "ROWS", 4)
    async with await MIDSTS[where].gate(disturbed):
        moving = asyncio.create_task(disturbed.up())
        await disturbed.wait_until_it_stands()
        await disturbed.cut_its_connection()
        with pytest.raises(SQLAlchemyError):
            await moving
        assert await disturbed.revision() == "0013"
        assert await disturbed.rows("attachment_sets")

    await disturbed.up()

    assert await disturbed.moved() == twin.expected


@pytest.mark.parametrize("where", MIDSTS)
async def test_a_process_that_is_killed_in_mid_batch_costs_nothing(disturbed: Legacy, twin: Twin, where: str) -> None:
    async with await MIDSTS[where].gate(disturbed):
        await _kill_when_it_stands(disturbed)
        assert await disturbed.rows("attachment_sets")

    # Only now the server finds out that nobody listens any more; that batch may still be committed.
    await disturbed.up()

    assert await disturbed.moved() == twin.expected


async def test_a_process_that_is_killed_before_its_constraints_costs_nothing(disturbed: Legacy, twin: Twin) -> None:
    async with disturbed.connection.transaction():
        await disturbed.connection.execute("LOCK TABLE part_attachments IN ACCESS SHARE MODE")
        await _kill_when_it_stands(disturbed)
    assert await disturbed.revision() == "0013"

    await disturbed.up()

    assert await disturbed.moved() == twin.expected


async def test_a_way_up_that_was_cut_short_is_finished_before_anything_is_dropped(legacy: Legacy) -> None:
    await legacy.populate()
    async with legacy.gate("part_attachments", "DELETE", "true"):
        moving = asyncio.create_task(legacy.up())
        await legacy.wait_until_it_stands()
        await legacy.cut_its_connection()
        with pytest.raises(SQLAlchemyError):
            await moving

        with pytest.raises(CommandError, match="finish it"):
            await downgrade(legacy.dsn, "0012")

    await legacy.up()
    assert len((await legacy.moved())["attachments"]) == 40


@pytest.mark.parametrize("where", ["sets of kits", "covers"])
async def test_who_writes_meanwhile_is_noticed(legacy: Legacy, where: str) -> None:
    """A part without a set, before attachments move and after."""
    await legacy.populate()
    async with await MIDSTS[where].gate(legacy):
        moving = asyncio.create_task(legacy.up())
        await legacy.wait_until_it_stands()
        late = await legacy.link(await legacy.part())
    with pytest.raises(CommandError, match="written meanwhile"):
        await moving

    await legacy.up()

    assert (await legacy.one(late))["type"] == "URL"
    assert len((await legacy.moved())["attachments"]) == 41


async def test_a_process_that_waits_too_long_for_another_is_told_so(
    legacy: Legacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrations.upgrade.LIMITS", _IMPATIENT)
    await legacy.connection.execute("SELECT pg_advisory_lock(hashtext('vitrine.migrations'))")

    with pytest.raises(Unavailable, match="another process"):
        await legacy.up()


async def test_a_media_that_is_just_being_deleted_is_waited_for(legacy: Legacy) -> None:
    media_id = await legacy.media()
    attachment_id = await legacy.image(await legacy.part(), media_id=media_id)
    async with Legacy.at(legacy.dsn) as deleting:
        # Past the tables, which wait for whoever writes media, too.
        async with legacy.gate("parts", "UPDATE", "true"):
            moving = asyncio.create_task(legacy.up())
            await legacy.wait_until_it_stands()
            deletion = deleting.connection.transaction()
            await deletion.start()
            await deleting.connection.execute("UPDATE media SET status = 'DELETE_REQUESTED' WHERE id = $1", media_id)
        await legacy.wait_until_it_stands()
        await deletion.commit()
        await moving

    assert (await legacy.original(attachment_id))["reason"] == "MEDIA_NOT_USABLE"
    assert (await legacy.rows("media"))[0]["usage_count"] == 0


async def _kill_when_it_stands(legacy: Legacy) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, legacy.dsn)
    await legacy.wait_until_it_stands()
    process.kill()
    await process.wait()
