from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    text,
)

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.assets.failure import FailureCode
from domain.ids import BatchId, JobId
from domain.jobs.job import Job, JobStatus, Provider
from domain.jobs.repository import Jobs

jobs = Table(
    "listing_media_jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ID, ForeignKey("listing_media_batches.id"), nullable=False),
    Column("listing_id", ID, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("error_code", Text),
    Column("estimated_seconds", Integer, nullable=False),
    Column("trace", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT),
    Column("finished_at", MOMENT),
    version_column(),
    UniqueConstraint("batch_id", "attempt"),
    one_of("provider", Provider),
    one_of("status", JobStatus),
    one_of("error_code", FailureCode),
    *not_negative("attempt", "total", "done", "failed", "estimated_seconds"),
)

# Literals, not parameters: the planner must see that they imply the predicates of the indexes.
IN_FLIGHT = text("status IN ('PENDING', 'RUNNING')")
_UNANSWERED = text("provider = 'EXTERNAL' AND status IN ('PENDING', 'RUNNING')")
Index("ix_listing_media_jobs_in_flight", jobs.c.id, postgresql_where=IN_FLIGHT)
Index("ix_listing_media_jobs_unanswered", jobs.c.created_at, postgresql_where=_UNANSWERED)

_find = select(jobs).where(jobs.c.id == bindparam("job_id", type_=ID))
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update(key_share=True))
_OF_BATCH = compiled(select(jobs).where(jobs.c.batch_id == bindparam("batch_id", type_=ID)).order_by(jobs.c.attempt))
_FIND_UNANSWERED = compiled(
    select(jobs.c.id)
    .where(_UNANSWERED, jobs.c.created_at < bindparam("before", type_=MOMENT))
    .order_by(jobs.c.created_at, jobs.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)


class PostgresJobs(Jobs):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, job_id: JobId) -> Job | None:
        row = await self._transaction.read_one(_FIND, job_id=job_id)
        return _from_row(row) if row else None

    async def lock(self, job_id: JobId) -> Job | None:
        row = await self._transaction.write_one(_LOCK, job_id=job_id)
        return _from_row(row) if row else None

    async def save(self, job: Job) -> None:
        await _WRITER.save(self._transaction, self._outbox, job)

    async def of_batch(self, batch_id: BatchId) -> Sequence[Job]:
        return [_from_row(row) for row in await self._transaction.read(_OF_BATCH, batch_id=batch_id)]

    async def unanswered(self, *, before: datetime, limit: int) -> Sequence[JobId]:
        rows = await self._transaction.read(_FIND_UNANSWERED, before=before, limit=limit)
        return [row["id"] for row in rows]


def _to_row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "batch_id": job.batch_id,
        "listing_id": job.listing_id,
        "attempt": job.attempt,
        "provider": job.provider,
        "status": job.status,
        "total": job.total,
        "done": job.done,
        "failed": job.failed,
        "error_code": job.error_code,
        "estimated_seconds": job.estimated_seconds,
        "trace": job.trace,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _from_row(row: Record) -> Job:
    return Job(
        id=row["id"],
        batch_id=row["batch_id"],
        listing_id=row["listing_id"],
        attempt=row["attempt"],
        provider=Provider(row["provider"]),
        status=JobStatus(row["status"]),
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        error_code=FailureCode(row["error_code"]) if row["error_code"] else None,
        estimated_seconds=row["estimated_seconds"],
        trace=row["trace"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(jobs, _to_row, fixed=["batch_id", "listing_id", "trace", "created_at"])
