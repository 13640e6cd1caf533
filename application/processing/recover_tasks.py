"""Brings back work that got stuck: tasks whose lease ran out."""

from datetime import datetime

from application.dead_letters.bury_task import BuryTask
from application.events.routing import task_topic
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.finish_task import end_asset_task
from application.processing.plan import RunPlanner, trace_of
from application.processing.settle_job import Run, Settlement, lock_run, report, settle
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
        planner: RunPlanner,
        bury: BuryTask,
        clock: Clock,
        randomness: Randomness,
        retry: RetryPolicy,
        telemetry: Telemetry,
        tracing: Tracing,
        log: Log,
    ) -> None:
        self._begin = begin
        self._planner = planner
        self._bury = bury
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
            run = await lock_run(tx, seen.work.batch_id, seen.work.job_id)
            task = await tx.tasks.lock(task_id)
            if run is None or task is None or not task.is_overdue(now=now):
                return
            with self._tracing.span("recover", parent=trace_of(run.job), task_id=task_id, attempt=task.attempt):
                settlement = await self._end_attempt(tx, run, task, now)
                await tx.commit()
                self._log.warning(
                    "task.lease_expired", task_id=task_id, batch_id=task.work.batch_id, status=task.status
                )
        if task.status is TaskStatus.DEAD:
            self._telemetry.dead_lettered(task_topic(task.kind))
        if settlement is not None:
            report(self._telemetry, settlement)

    async def _end_attempt(self, tx: UnitOfWork, run: Run, task: Task, now: datetime) -> Settlement | None:
        """Schedule another, or give up; a settlement when that ends the run."""
        if not task.is_last_attempt:
            delay = self._retry.delay(task.attempt, self._randomness.jitter())
            task.try_later(_LOST, delay=delay, now=now)
            await tx.tasks.save(task)
            return None
        if task.work.asset_id is not None:
            await end_asset_task(tx, self._planner, self._bury, run.job, task, result=_LOST, dead=True, now=now)
            return None
        await self._bury(tx, task, _LOST, now=now)
        assets = await tx.assets.of_batch(task.work.batch_id)
        return await settle(tx, run, assets, archive=None, failure=_LOST.code, now=now)
