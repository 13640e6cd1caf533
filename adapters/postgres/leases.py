from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Double, Integer, Text, and_, bindparam, case, null, select, text, true, update

from adapters.postgres.schema import ID, MOMENT
from adapters.postgres.statements import compiled
from adapters.postgres.tasks import IS_LEASED, IS_PENDING, task_from_row, tasks
from adapters.postgres.transaction import Transaction
from domain.ids import TaskId
from domain.jobs.repository import Leases
from domain.jobs.task import Stage, Task, TaskKind

_ID = bindparam("task_id", type_=ID)
_NOW = bindparam("now", type_=MOMENT)
_UNTIL = bindparam("until", type_=MOMENT)
_LIMIT = bindparam("limit", type_=BigInteger)

# Conditions on a task that goes by its id stand inside CASE, where the planner sees no index for them: a plan that is
# made while nothing waits would go through all that wait, and be kept when a hundred thousand do.
_IS_TO_BE_HAD = case((and_(IS_PENDING, tasks.c.available_at <= _NOW), true()))
_IS_HELD = case(
    (
        and_(IS_LEASED, tasks.c.attempt == bindparam("held_attempt", type_=Integer), tasks.c.lease_until > _NOW),
        true(),
    )
)

# A new attempt starts over, so what the last one had reached is forgotten.
_CLAIM = compiled(
    update(tasks)
    .where(tasks.c.id == _ID, _IS_TO_BE_HAD)
    .values(
        status=text("'LEASED'"),
        attempt=tasks.c.attempt + text("1"),
        leased_by=bindparam("worker", type_=Text),
        lease_until=_UNTIL,
        stage=null(),
        progress=text("0"),
        version=tasks.c.version + text("1"),
    )
    .returning(tasks)
)
_RENEW = compiled(
    update(tasks)
    .where(tasks.c.id == _ID, _IS_HELD)
    .values(
        lease_until=_UNTIL,
        stage=bindparam("new_stage", type_=Text),
        progress=bindparam("new_progress", type_=Double),
        version=tasks.c.version + text("1"),
    )
    .returning(tasks.c.id)
)
_EXPIRED = compiled(
    select(tasks.c.id)
    .where(IS_LEASED, tasks.c.lease_until <= _NOW)
    .order_by(tasks.c.lease_until, tasks.c.id)
    .limit(_LIMIT)
)
_WAITING = compiled(
    select(tasks.c.id)
    .where(
        IS_PENDING,
        tasks.c.kind == bindparam("kind", type_=Text),
        tasks.c.available_at < bindparam("before", type_=MOMENT),
    )
    .order_by(tasks.c.available_at, tasks.c.id)
    .limit(_LIMIT)
)


class PostgresLeases(Leases):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def claim(self, task_id: TaskId, *, worker: str, lease: timedelta, now: datetime) -> Task | None:
        row = await self._transaction.write_one(_CLAIM, task_id=task_id, worker=worker, until=now + lease, now=now)
        return task_from_row(row) if row else None

    async def renew(
        self, task_id: TaskId, *, attempt: int, lease: timedelta, stage: Stage, progress: float, now: datetime
    ) -> bool:
        renewed = await self._transaction.write(
            _RENEW,
            task_id=task_id,
            held_attempt=attempt,
            until=now + lease,
            new_stage=stage,
            new_progress=progress,
            now=now,
        )
        return bool(renewed)

    async def expired(self, *, now: datetime, limit: int) -> Sequence[TaskId]:
        return [row["id"] for row in await self._transaction.read(_EXPIRED, now=now, limit=limit)]

    async def waiting(self, kind: TaskKind, *, available_before: datetime, limit: int) -> Sequence[TaskId]:
        rows = await self._transaction.read(_WAITING, kind=kind, before=available_before, limit=limit)
        return [row["id"] for row in rows]
