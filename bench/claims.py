"""Claiming a task, and looking for those that wait, among a million finished ones, against a thousand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.system.ids import Uuid7Ids
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from domain.ids import TaskId
from domain.jobs.task import TaskKind

_FEW = 1_000
_CLAIMS = 150
_LOOKS = 50
_PLACES = 4
_TARGET = 1.5

_LISTING = """
INSERT INTO listings (id, store_id, owner_id, kind, status, facts_as_of, facts_digest, created_at, updated_at, version)
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'PROPERTY', 'PENDING_PHOTO_PROCESSING', now(),
  sha256(''), now(), now(), 1)
RETURNING id
"""
_BATCH = """
INSERT INTO listing_media_batches (id, listing_id, store_id, reference, manifest_digest, status, carries_photos,
  file_count, total_bytes, jobs, created_by, created_at, expires_at, version)
VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'bench', sha256(''), 'PROCESSING', true, 1, 1, 1,
  gen_random_uuid(), now(), now(), 1)
RETURNING id
"""
_JOB = """
INSERT INTO listing_media_jobs (id, batch_id, listing_id, attempt, provider, status, total, done, failed,
  estimated_seconds, created_at, version)
VALUES (gen_random_uuid(), $1, $2, 1, 'INTERNAL', 'RUNNING', 1, 0, 0, 1, now(), 1)
RETURNING id
"""
_TASKS = """
INSERT INTO tasks (id, kind, job_id, batch_id, listing_id, asset_id, run, status, attempt, max_attempts, available_at,
  progress, created_at, version)
SELECT uuidv7(), 'image', $1, $2, $3, gen_random_uuid(), 1, $4, 1, 4, now(), 0, now(), 1
FROM generate_series(1, $5::int)
RETURNING id
"""


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    many = 200_000 if size.quick else 1_000_000
    steps.expect(4)
    async with _queue(stage, _FEW) as short:
        steps.done(f"{_FEW} finished tasks")
        async with _queue(stage, many) as long:
            steps.done(f"{many} finished tasks")
            await short.claim(_CLAIMS // 3)
            await long.claim(_CLAIMS // 3)
            steps.done("warm")
            claims, looks = [], []
            for _ in range(5):
                seconds = await short.claim(_CLAIMS // 8)
                claims.append(await long.claim(_CLAIMS // 8) / seconds)
                seconds = await short.look(_LOOKS)
                looks.append(await long.look(_LOOKS) / seconds)
            steps.done("claimed")
    against = f"among {_FEW:,} finished tasks"
    return Section(
        title=f"Tasks among {many:,} finished ones, median time",
        rows=[
            Row.of_rounds("to claim one", against, claims, target=_TARGET, at_most=True),
            Row.of_rounds("to look for those that wait", against, looks, target=_TARGET, at_most=True),
        ],
        notes=[],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queue:
    begin: PostgresUnitOfWorkFactory
    waiting: list[UUID]

    async def claim(self, number: int) -> float:
        """The median time of one claim, in seconds."""
        return median([await self._seconds(self.waiting.pop()) for _ in range(number)])

    async def look(self, number: int) -> float:
        """The median time of one look of a worker with free places, in seconds."""
        return median([await self._look_seconds() for _ in range(number)])

    async def _look_seconds(self) -> float:
        started = perf_counter()
        async with self.begin() as tx:
            found = await tx.leases.waiting(TaskKind.IMAGE, available_before=datetime.now(UTC), limit=_PLACES)
        assert found
        return perf_counter() - started

    async def _seconds(self, task: UUID) -> float:
        started = perf_counter()
        async with self.begin() as tx:
            claimed = await tx.leases.claim(
                TaskId(task), worker="bench", lease=timedelta(minutes=1), now=datetime.now(UTC)
            )
            await tx.commit()
        assert claimed is not None
        return perf_counter() - started


@asynccontextmanager
async def _queue(stage: Stage, finished: int) -> AsyncIterator[_Queue]:
    dsn = await stage.fresh_database()
    waiting = await _filled(dsn, finished)
    engine: AsyncEngine = open_engine(dsn)
    try:
        yield _Queue(begin=PostgresUnitOfWorkFactory(engine, Uuid7Ids()), waiting=waiting)
    finally:
        await engine.dispose()


async def _filled(dsn: str, finished: int) -> list[UUID]:
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=120)
    try:
        listing = await connection.fetchval(_LISTING)
        batch = await connection.fetchval(_BATCH, listing)
        job = await connection.fetchval(_JOB, batch, listing)
        await connection.execute(_TASKS.partition("RETURNING")[0], job, batch, listing, "DONE", finished)
        waiting: Sequence[asyncpg.Record] = await connection.fetch(_TASKS, job, batch, listing, "PENDING", _CLAIMS)
        await connection.execute("VACUUM ANALYZE tasks")
        return [row["id"] for row in waiting]
    finally:
        await connection.close(timeout=10)
