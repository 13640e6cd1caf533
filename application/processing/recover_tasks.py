"""Brings back work that got stuck: tasks whose lease ran out."""

from datetime import datetime
from typing import Any

from application.events.routing import task_topic
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.by_sort import BySort
from application.processing.task_ending import AfterCommit, TaskEnding
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode
from domain.errors import Conflict
from domain.ids import TaskId
from domain.jobs.task import RetryPolicy, Task, TaskStatus

_LOST = Failure(code=FailureCode.TIMEOUT, detail="the worker vanished or took longer than its lease")


_TASKS = 100
"""At one look."""


class RecoverTasks:
    """One pass of the sweeper; answers how many tasks it moved. Any number may run at once."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        endings: BySort[TaskEnding[Any, Any]],
        clock: Clock,
        randomness: Randomness,
        retry: RetryPolicy,
        telemetry: Telemetry,
        tracing: Tracing,
        log: Log,
    ) -> None:
        self._begin = begin
        self._endings = endings
        self._clock = clock
        self._randomness = randomness
        self._retry = retry
        self._telemetry = telemetry
        self._tracing = tracing
        self._log = log

    async def __call__(self) -> int:
        now = self._clock.now()
        async with self._begin() as tx:
            expired = await tx.leases.expired(now=now, limit=_TASKS)
        for task_id in expired:
            try:
                await self._recover(task_id)
            except Conflict:
                # One that cannot be moved must not keep the others waiting; the next pass sees it again.
                self._log.exception("task.not_recovered", task_id=task_id)
        return len(expired)

    async def _recover(self, task_id: TaskId) -> None:
        now = self._clock.now()
        async with self._begin() as tx:
            seen = await tx.tasks.find(task_id)
            if seen is None:
                return
            ending = self._endings.of(seen.work)
            locked = await ending.lock(tx, seen)
            task = await tx.tasks.lock(task_id)
            if locked is None or task is None or not task.is_overdue(now=now):
                return
            trace = ending.trace_of(locked)
            with self._tracing.span("recover", parent=trace, task_id=task_id, attempt=task.attempt):
                after_commit: AfterCommit | None = None
                if task.is_last_attempt:
                    after_commit = await ending.end(tx, locked, task, _LOST, dead=True, now=now)
                else:
                    await self._try_later(tx, task, now)
                await tx.commit()
                self._log.warning("task.lease_expired", task_id=task_id, **task.work.labels, status=task.status)
        if task.status is TaskStatus.DEAD:
            self._telemetry.dead_lettered(task_topic(task.kind))
        if after_commit is not None:
            await after_commit()

    async def _try_later(self, tx: UnitOfWork, task: Task, now: datetime) -> None:
        delay = self._retry.delay(task.attempt, self._randomness.jitter())
        task.try_later(_LOST, delay=delay, now=now)
        await tx.tasks.save(task)
