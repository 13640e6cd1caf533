"""A look behind the API: what no client may see, and a hand on the clock."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg


class Backstage:
    """`connection` is to the database of a running Vitrine."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = connection

    async def listing_status(self, listing_id: UUID) -> str:
        return str(await self.connection.fetchval("SELECT status FROM listings WHERE id = $1", listing_id))

    async def end_upload_window(self, batch_id: str) -> None:
        """As if a day had passed."""
        await self.connection.execute(
            "UPDATE listing_media_batches SET expires_at = now() - interval '1 second' WHERE id = $1", UUID(batch_id)
        )

    async def events(self, batch_id: str) -> Counter[str]:
        """How often each type was told to the world about this batch."""
        rows = await self.connection.fetch("SELECT type FROM outbox WHERE key = $1", batch_id)
        return Counter(row["type"] for row in rows)

    async def tasks(self, batch_id: str) -> Sequence[Any]:
        return list(
            await self.connection.fetch(
                "SELECT kind, status, attempt, stage, lease_until FROM tasks WHERE batch_id = $1 ORDER BY id",
                UUID(batch_id),
            )
        )

    async def jobs(self, batch_id: str) -> Sequence[Any]:
        return list(
            await self.connection.fetch(
                "SELECT attempt, status, total, done, failed FROM listing_media_jobs WHERE batch_id = $1",
                UUID(batch_id),
            )
        )

    async def archive_keys(self, batch_id: str) -> Sequence[Any]:
        return list(await self.connection.fetch("SELECT archive_key FROM listing_media_batches", batch_id))

    @asynccontextmanager
    async def holding_listing(self, listing_id: UUID) -> AsyncIterator[None]:
        """Nobody else gets this listing, which every finalize begins with, until the block ends."""
        async with self.connection.transaction():
            await self.connection.execute("SELECT 1 FROM listings WHERE id = $1 FOR UPDATE", listing_id)
            yield

    async def somebody_waits_for_a_row(self) -> bool:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(await self.connection.fetchval(waiting))


@asynccontextmanager
async def open_backstage(dsn: str) -> AsyncIterator[Backstage]:
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=30)
    try:
        yield Backstage(connection)
    finally:
        connection.terminate()
