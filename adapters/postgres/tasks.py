from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Index, Integer, Table, Text, bindparam, select, text

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.failures import failure_from_row, failure_to_row
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.assets.failure import FailureCode
from domain.ids import JobId, TaskId
from domain.jobs.repository import Tasks
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus
from domain.jobs.work import LinkWork, MediaWork, RunWork, Work, WorkIds

_OF_ONE_SORT = """
    num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, set_attachment_id, store_id) = 0
    OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0
        AND num_nonnulls(media_id, set_attachment_id) = 1 AND store_id IS NOT NULL
"""

tasks = Table(
    "tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("job_id", ID, ForeignKey("listing_media_jobs.id")),
    Column("batch_id", ID),
    Column("listing_id", ID),
    # No foreign key: a removed asset leaves the history of its tasks.
    Column("asset_id", ID),
    Column("run", Integer),
    Column("media_id", ID),
    Column("set_attachment_id", ID),
    Column("store_id", ID),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("leased_by", Text),
    Column("lease_until", MOMENT),
    Column("available_at", MOMENT, nullable=False),
    Column("stage", Text),
    Column("progress", Double, nullable=False),
    Column("failure_code", Text),
    Column("failure_detail", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("finished_at", MOMENT),
    version_column(),
    one_of("kind", TaskKind),
    one_of("status", TaskStatus),
    one_of("stage", Stage),
    one_of("failure_code", FailureCode),
    CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    CheckConstraint(_OF_ONE_SORT, name="work"),
    *not_negative("run", "attempt", "max_attempts"),
)

# Literals, not parameters: the planner must see that they imply the predicates of the indexes.
IS_LEASED = text("status = 'LEASED'")
IS_PENDING = text("status = 'PENDING'")
Index("ix_tasks_of_job", tasks.c.job_id, tasks.c.id)
Index("ix_tasks_leased", tasks.c.lease_until, postgresql_where=IS_LEASED)
Index("ix_tasks_waiting", tasks.c.kind, tasks.c.available_at, postgresql_where=IS_PENDING)

_find = select(tasks).where(tasks.c.id == bindparam("task_id", type_=ID))
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update(key_share=True))
_OF_JOB = compiled(select(tasks).where(tasks.c.job_id == bindparam("job_id", type_=ID)).order_by(tasks.c.id))


class PostgresTasks(Tasks):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def add(self, tasks: Sequence[Task]) -> None:
        await _WRITER.add(self._transaction, self._outbox, tasks)

    async def find(self, task_id: TaskId) -> Task | None:
        row = await self._transaction.read_one(_FIND, task_id=task_id)
        return task_from_row(row) if row else None

    async def lock(self, task_id: TaskId) -> Task | None:
        row = await self._transaction.write_one(_LOCK, task_id=task_id)
        return task_from_row(row) if row else None

    async def save(self, task: Task) -> None:
        await _WRITER.save(self._transaction, self._outbox, task)

    async def of_job(self, job_id: JobId) -> Sequence[Task]:
        return [task_from_row(row) for row in await self._transaction.read(_OF_JOB, job_id=job_id)]


def _to_row(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind,
        **task.work.ids,
        "run": task.work.run if isinstance(task.work, RunWork) else None,
        "status": task.status,
        "attempt": task.attempt,
        "max_attempts": task.max_attempts,
        "leased_by": task.leased_by,
        "lease_until": task.lease_until,
        "available_at": task.available_at,
        "stage": task.stage,
        "progress": task.progress,
        **failure_to_row(task.failure),
        "created_at": task.created_at,
        "finished_at": task.finished_at,
    }


def task_from_row(row: Record) -> Task:
    return Task(
        id=row["id"],
        kind=TaskKind(row["kind"]),
        work=_work_from_row(row),
        status=TaskStatus(row["status"]),
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        leased_by=row["leased_by"],
        lease_until=row["lease_until"],
        available_at=row["available_at"],
        stage=Stage(row["stage"]) if row["stage"] else None,
        progress=row["progress"],
        failure=failure_from_row(row),
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        version=row["version"],
    )


def _work_from_row(row: Record) -> Work:
    if row["media_id"] is not None:
        return MediaWork(media_id=row["media_id"], store_id=row["store_id"])
    if row["set_attachment_id"] is not None:
        return LinkWork(set_attachment_id=row["set_attachment_id"], store_id=row["store_id"])
    return RunWork(
        job_id=row["job_id"],
        batch_id=row["batch_id"],
        listing_id=row["listing_id"],
        asset_id=row["asset_id"],
        run=row["run"],
    )


_WRITER = AggregateWriter(tasks, _to_row, fixed=["kind", *WorkIds.__annotations__, "run", "created_at"])
