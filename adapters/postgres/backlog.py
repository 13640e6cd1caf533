from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy import text as sql

from adapters.postgres.jobs import IN_FLIGHT, jobs
from adapters.postgres.media import IS_GOING, media
from adapters.postgres.schema import MOMENT
from adapters.postgres.statements import compiled
from adapters.postgres.tasks import IS_PENDING, tasks
from adapters.postgres.transaction import Transaction
from domain.jobs.repository import Backlog
from domain.jobs.task import TaskKind

_JOBS_IN_FLIGHT = compiled(select(func.count().label("number")).select_from(jobs).where(IN_FLIGHT))
_OLDEST_WAITING = compiled(
    select(tasks.c.kind, func.min(tasks.c.available_at).label("since"))
    .where(IS_PENDING, tasks.c.available_at <= bindparam("now", type_=MOMENT))
    .group_by(tasks.c.kind)
)


_OLDEST_DELETION = compiled(
    select(func.min(media.c.updated_at).label("since")).where(IS_GOING, sql("status = 'DELETE_REQUESTED'"))
)


class PostgresBacklog(Backlog):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def jobs_in_flight(self) -> int:
        row = await self._transaction.read_one(_JOBS_IN_FLIGHT)
        return row["number"] if row else 0

    async def oldest_waiting(self, *, now: datetime) -> Mapping[TaskKind, timedelta]:
        rows = await self._transaction.read(_OLDEST_WAITING, now=now)
        waiting = {TaskKind(row["kind"]): now - row["since"] for row in rows}
        return {kind: waiting.get(kind, timedelta()) for kind in TaskKind}

    async def oldest_deletion(self, *, now: datetime) -> timedelta:
        row = await self._transaction.read_one(_OLDEST_DELETION)
        return now - row["since"] if row and row["since"] else timedelta()
