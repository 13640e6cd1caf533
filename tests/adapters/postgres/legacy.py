"""A database as the system before kept parts, and what becomes of it. Rows are written as they come, right or wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self, TypeAlias
from uuid import UUID

import asyncpg

from migrations.schema import current_revision
from migrations.upgrade import downgrade, upgrade
from tests.builders import IDS, NOW, OWNER, STORE

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]
"""By what they are."""

_MIGRATIONS = "vitrine-migrations"
_GATE = 4_711


class Legacy:
    """At revision 0013 first. `connection` stays open while the database goes up and down."""

    def __init__(self, dsn: str, connection: asyncpg.Connection) -> None:
        self.dsn = dsn
        self.connection = connection
        self._age = 0

    @classmethod
    @asynccontextmanager
    async def at(cls, dsn: str) -> AsyncIterator[Self]:
        connection = await asyncpg.connect(dsn, timeout=5, command_timeout=30)
        try:
            yield cls(dsn, connection)
        finally:
            await connection.close(timeout=5)

    async def up(self) -> None:
        await upgrade(self.dsn, "0014")

    async def down(self) -> None:
        await downgrade(self.dsn, "0013")

    async def revision(self) -> str | None:
        return await current_revision(self.dsn)

    async def populate(self) -> None:
        """Ten parts with four attachments each, one of which is the cover, or none; some media used twice; ten kits."""
        shared = await self.media(mime_type="image/webp")
        for n in range(10):
            part_id = await self.part(name=f"part {n}")
            sheet = await self.media(mime_type="application/pdf", original_name="sheet.pdf")
            file = {"filename": "sheet.pdf", "content_type": "application/pdf", "file_size": 1_000}
            hanging = [
                await self.image(part_id, title=f"photo {n}"),
                await self.attachment(part_id, type="PDF", media_id=sheet, **file),
                await self.link(part_id, filename="bolt.html", content_type="text/html", file_size=3),
                await self.image(part_id, media_id=shared, content_type="image/webp", url="https://example.com/b.webp"),
            ]
            await self.choose_cover(part_id, [*hanging, None][n % 5])
            await self.kit(name=f"kit {n}")

    async def soil(self) -> None:
        """Some of everything that is wrong."""
        for _ in range(3):
            part_id = await self.part(cover_attachment_id=IDS.new())
            await self.image(part_id, media_id=IDS.new())
            await self.image(part_id, title="x" * 300, type="image")
            await self.link(part_id, url=None)
            await self.link(part_id, media_id=await self.media(status="DELETED", has_bytes=False))
            await self.image(IDS.new())

    async def choose_cover(self, part_id: UUID, attachment_id: UUID | None) -> None:
        await self.connection.execute("UPDATE parts SET cover_attachment_id = $1 WHERE id = $2", attachment_id, part_id)

    async def part(self, **columns: Any) -> UUID:
        return await self._insert("parts", _owner("bolt") | columns)

    async def kit(self, **columns: Any) -> UUID:
        return await self._insert("kits", _owner("shelf") | columns)

    async def attachment(self, part_id: UUID, **columns: Any) -> UUID:
        """Each a second younger than the one before."""
        self._age += 1
        row = {
            "part_id": part_id,
            "user_id": OWNER,
            "type": "URL",
            "title": "how to use it",
            "created_at": NOW + timedelta(seconds=self._age),
        }
        return await self._insert("part_attachments", row | columns)

    async def link(self, part_id: UUID, **columns: Any) -> UUID:
        return await self.attachment(part_id, **{"url": "https://example.com/bolt"} | columns)

    async def image(self, part_id: UUID, **columns: Any) -> UUID:
        """Of a media of its own, if nothing else is said."""
        if "media_id" not in columns:
            columns["media_id"] = await self.media()
        file = {"type": "IMAGE", "filename": "bolt.jpg", "content_type": "image/jpeg", "file_size": 1_000}
        return await self.attachment(part_id, **file | columns)

    async def media(self, *, mime_type: str = "image/jpeg", has_bytes: bool = True, **columns: Any) -> UUID:
        """READY, with its blob, if nothing else is said."""
        store_id = columns.get("store_id", STORE)
        blob_id = IDS.new()
        key = f"{store_id}/cas/{blob_id}"
        if has_bytes:
            blob = {
                "id": blob_id,
                "store_id": store_id,
                "checksum": blob_id.bytes * 2,
                "key": key,
                "size_bytes": 1_000,
                "content_type": mime_type,
                "holders": 1,
                "created_at": NOW,
                "version": 1,
            }
            await self._insert("media_blobs", blob)
        row = {
            "store_id": store_id,
            "user_id": OWNER,
            "kind": "product",
            "status": "READY",
            "blob_id": blob_id if has_bytes else None,
            "original_name": "bolt.jpg",
            "words": ["bolt", "jpg"],
            "mime_type": mime_type,
            "content_class": "image",
            "size_bytes": 1_000,
            "storage_key": key,
            "renditions": "[]",
            "folder": "general",
            "usage_count": 0,
            "deletions": 0,
            "created_at": NOW,
            "updated_at": NOW,
            "version": 1,
        }
        return await self._insert("media", row | columns)

    async def has(self, table: str) -> bool:
        return bool(await self.connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table))

    async def rows(self, table: str) -> list[Row]:
        """By id; none where there is no such table."""
        return await self._query(f"SELECT * FROM {table} ORDER BY 1") if await self.has(table) else []

    async def all(self) -> Rows:
        """What the old system sees, and what the ledger counts."""
        tables = ("parts", "kits", "part_attachments", "media_attachments")
        return {table: await self.rows(table) for table in tables} | {"usage_counts": await self._usage_counts()}

    async def moved(self) -> Rows:
        """All of it after the move, but for ids that were minted."""
        return {
            "parts": await self._query(_OWNERS.format(owners="parts")),
            "kits": await self._query(_OWNERS.format(owners="kits")),
            "attachments": await self._query(_ATTACHMENTS),
            "ledger": await self._query(_LEDGER),
            "usage_counts": await self._usage_counts(),
            "attachment_originals": await self.rows("part_attachment_originals"),
            "cover_originals": await self.rows("part_cover_originals"),
        }

    async def one(self, attachment_id: UUID) -> Row:
        found = await self.connection.fetchrow("SELECT * FROM set_attachments WHERE id = $1", attachment_id)
        assert found is not None
        return dict(found)

    async def original(self, attachment_id: UUID) -> Row:
        found = await self.connection.fetchrow("SELECT * FROM part_attachment_originals WHERE id = $1", attachment_id)
        assert found is not None
        return dict(found)

    async def cover_of(self, part_id: UUID) -> UUID | None:
        return await self.connection.fetchval(
            "SELECT s.cover_attachment_id FROM parts AS p JOIN attachment_sets AS s ON s.id = attachment_set_id "
            "WHERE p.id = $1",
            part_id,
        )

    @asynccontextmanager
    async def gate(self, table: str, event: str, when: str) -> AsyncIterator[None]:
        """While this is open, whoever does such a thing to such a row stands still."""
        await self.connection.execute(f"""
            CREATE FUNCTION wait_at_the_gate() RETURNS TRIGGER LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock_shared({_GATE}); RETURN coalesce(NEW, OLD); END $$;
            CREATE TRIGGER gate BEFORE {event} ON {table} FOR EACH ROW WHEN ({when})
                EXECUTE FUNCTION wait_at_the_gate();
            SELECT pg_advisory_lock({_GATE});
        """)
        try:
            yield
        finally:
            await self.connection.execute(f"SELECT pg_advisory_unlock({_GATE})")
            await self.connection.execute("DROP FUNCTION wait_at_the_gate() CASCADE")

    async def wait_until_it_stands(self) -> None:
        """Until a process that migrates waits for a lock."""
        async with asyncio.timeout(30):
            while not await self.connection.fetchval(_STANDS, _MIGRATIONS):
                await asyncio.sleep(0.02)
                await self.connection.execute("SELECT pg_stat_clear_snapshot()")

    async def cut_its_connection(self) -> None:
        await self.connection.fetch(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = $1",
            _MIGRATIONS,
        )

    async def _usage_counts(self) -> list[Row]:
        return await self._query("SELECT id, usage_count FROM media ORDER BY id")

    async def _query(self, query: str) -> list[Row]:
        return [dict(row) for row in await self.connection.fetch(query)]

    async def _insert(self, table: str, columns: Row) -> UUID:
        row = {"id": IDS.new()} | columns
        names, places = ", ".join(row), ", ".join(f"${n}" for n, _ in enumerate(row, start=1))
        await self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())
        return row["id"]


def _owner(name: str) -> Row:
    return {"name": name, "store_id": STORE, "created_at": NOW, "updated_at": NOW, "version": 3}


_STANDS = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'
        AND query NOT LIKE '%vitrine.migrations%'
)
"""
_OWNERS = """
SELECT o.id, o.store_id, name, o.created_at, o.updated_at, o.version, cover_attachment_id, s.store_id AS store_of_set,
    s.created_at AS set_created_at, s.updated_at AS set_updated_at, s.version AS version_of_set
FROM {owners} AS o JOIN attachment_sets AS s ON s.id = attachment_set_id ORDER BY o.id
"""
_ATTACHMENTS = """
SELECT a.id, p.id AS part_id, user_id, type, title, media_id, url, filename, content_type, file_size, fetch_status,
    failure_code, failure_detail, a.created_at
FROM set_attachments AS a JOIN parts AS p USING (attachment_set_id) ORDER BY a.id
"""
_LEDGER = """
SELECT media_id, entity_type, entity_id, store_id, storage_key, created_at FROM media_attachments ORDER BY entity_id
"""
