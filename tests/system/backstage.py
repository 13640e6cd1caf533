"""A look behind the API: what no client may see, and a hand on the clock, the locks and the bucket."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from adapters.s3.address import BucketAddress
from adapters.s3.connection import S3Connection, open_s3


class Watched(Protocol):
    """Where its database and its bucket are."""

    def dsn(self) -> str: ...

    def bucket(self) -> BucketAddress: ...


class Backstage:
    """Of a running Vitrine, with its own credentials."""

    def __init__(self, database: "asyncpg.Connection[asyncpg.Record]", bucket: S3Connection) -> None:
        self._database = database
        self._bucket = bucket

    async def listing_status(self, listing_id: UUID) -> str:
        return str(await self._database.fetchval("SELECT status FROM listings WHERE id = $1", listing_id))

    async def end_upload_window(self, batch_id: str) -> None:
        """As if a day had passed."""
        await self._database.execute(
            "UPDATE listing_media_batches SET expires_at = now() - interval '1 second' WHERE id = $1", UUID(batch_id)
        )

    async def is_kept(self, batch_id: UUID) -> bool:
        """Deleted, with its history still there."""
        deleted = "SELECT deleted_at IS NOT NULL FROM listing_media_batches WHERE id = $1"
        return bool(await self._database.fetchval(deleted, batch_id))

    async def events(self, key: object) -> Counter[str]:
        """How often each type was told to the world about this aggregate."""
        rows = await self._database.fetch("SELECT type FROM outbox WHERE key = $1", str(key))
        return Counter(row["type"] for row in rows)

    async def tasks(self, batch_id: str) -> Sequence[Any]:
        """Oldest first."""
        return list(
            await self._database.fetch(
                "SELECT kind, status, attempt, max_attempts FROM tasks WHERE batch_id = $1 ORDER BY id", UUID(batch_id)
            )
        )

    async def renditions(self, batch_id: str) -> dict[str, list[str]]:
        """The names of what is stored, by client id; one that occurs twice is there twice."""
        rows = await self._database.fetch(
            "SELECT client_id, renditions FROM listing_media_assets WHERE batch_id = $1", UUID(batch_id)
        )
        return {row["client_id"]: [stored["name"] for stored in json.loads(row["renditions"])] for row in rows}

    async def jobs(self, batch_id: str) -> Sequence[Any]:
        """Oldest first."""
        return list(
            await self._database.fetch(
                "SELECT id, attempt, status, done, failed FROM listing_media_jobs WHERE batch_id = $1 ORDER BY attempt",
                UUID(batch_id),
            )
        )

    async def stages(self, batch_id: str) -> set[str]:
        """What workers say that they are doing."""
        rows = await self._database.fetch(
            "SELECT stage FROM tasks WHERE batch_id = $1 AND status = 'LEASED' AND stage IS NOT NULL", UUID(batch_id)
        )
        return {row["stage"] for row in rows}

    async def workers_at(self, stage: str, batch_id: str) -> set[str]:
        """The names of the workers that say they do this."""
        rows = await self._database.fetch(
            "SELECT leased_by FROM tasks WHERE batch_id = $1 AND status = 'LEASED' AND stage = $2",
            UUID(batch_id),
            stage,
        )
        return {row["leased_by"] for row in rows}

    async def put_object(self, key: str, data: bytes, content_type: str) -> None:
        """As somebody with the keys of the bucket: an external pipeline, or a vandal."""
        await self._bucket.client.put_object(
            Bucket=self._bucket.address.bucket,
            Key=key,
            Body=data,
            ContentType=content_type,
            ChecksumSHA256=b64encode(sha256(data).digest()).decode(),
        )

    @asynccontextmanager
    async def holding_listing(self, listing_id: UUID) -> AsyncIterator[None]:
        """Nobody else locks it, with which every finalize begins, until the block ends."""
        async with self._holding("SELECT 1 FROM listings WHERE id = $1 FOR UPDATE", listing_id):
            yield

    @asynccontextmanager
    async def holding_batch(self, batch_id: str) -> AsyncIterator[None]:
        """Nobody else locks it, as `complete` must, until the block ends."""
        async with self._holding("SELECT 1 FROM listing_media_batches WHERE id = $1 FOR UPDATE", UUID(batch_id)):
            yield

    @asynccontextmanager
    async def holding_jobs(self, batch_id: str) -> AsyncIterator[None]:
        """Nobody else locks them, with which every result of a file begins, until the block ends."""
        async with self._holding("SELECT 1 FROM listing_media_jobs WHERE batch_id = $1 FOR UPDATE", UUID(batch_id)):
            yield

    @asynccontextmanager
    async def holding_row(self, table: str, row_id: UUID) -> AsyncIterator[None]:
        """Nobody else changes or locks it until the block ends."""
        async with self._holding(f"SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE", row_id):
            yield

    @asynccontextmanager
    async def _holding(self, lock: str, key: UUID) -> AsyncIterator[None]:
        await self._database.execute("BEGIN")
        try:
            await self._database.execute(lock, key)
            yield
        finally:
            # The server may have been killed meanwhile, and the lock with it.
            with suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
                await self._database.execute("ROLLBACK")

    @asynccontextmanager
    async def another_database(self, name: str) -> AsyncIterator[str]:
        """An empty one on the same server."""
        await self._database.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            await self._database.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def relay_is_publishing(self) -> bool:
        """A relay keeps its rows locked meanwhile, in a transaction that is open."""
        await self._database.execute("SELECT pg_stat_clear_snapshot()")
        open_ones = """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'vitrine-relay' AND state = 'idle in transaction'
              AND now() - state_change > interval '0.5 seconds'
        """
        return bool(await self._database.fetchval(open_ones))

    async def waiting_for_rows(self) -> int:
        """How many transactions wait for a row that somebody holds."""
        # Within a transaction of ours, the first look would be kept.
        await self._database.execute("SELECT pg_stat_clear_snapshot()")
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return int(await self._database.fetchval(waiting))


@asynccontextmanager
async def open_backstage(vitrine: Watched) -> AsyncIterator[Backstage]:
    database = await asyncpg.connect(vitrine.dsn(), timeout=10, command_timeout=30)
    try:
        async with open_s3(vitrine.bucket()) as bucket:
            yield Backstage(database, bucket)
    finally:
        database.terminate()
