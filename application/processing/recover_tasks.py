"""Brings back work that got stuck: leases that ran out, and tasks whose pointer was lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.events.routing import task_topic
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from application.processing.finish_task import end_asset_task
from application.processing.plan import RunPlanner
from application.processing.settle_job import Settlement, lock_run, report, settle
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode
from domain.errors import Conflict
from domain.ids import TaskId
from domain.jobs.task import RetryPolicy, TaskStatus

_LOST = Failure(code=FailureCode.TIMEOUT, detail="the worker vanished or took longer than its lease")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPolicy:
    """A PENDING task that nobody has taken for `forgotten_after` is announced again."""

    forgotten_after: timedelta = timedelta(minutes=5)
    limit: int = 100
    """Tasks at one look."""


class RecoverTasks:
    """One pass of the sweeper; answers how many tasks it moved. Any number may run at once."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        planner: RunPlanner,
        clock: Clock,
        randomness: Randomness,
        retry: RetryPolicy,
        policy: RecoveryPolicy,
        telemetry: Telemetry,
        log: Log,
    ) -> None:
        self._begin = begin
        self._planner = planner
        self._clock = clock
        self._randomness = randomness
        self._retry = retry
        self._policy = policy
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, *, waiting_since_before: datetime | None = None) -> int:
        """A process that keeps pointers in memory passes the moment of its start: older ones are all lost."""
        now = self._clock.now()
        forgotten_before = waiting_since_before or now - self._policy.forgotten_after
        async with self._begin() as tx:
            expired = await tx.leases.expired(now=now, limit=self._policy.limit)
            forgotten = await tx.leases.forgotten(available_before=forgotten_before, limit=self._policy.limit)
        for task_id in expired:
            try:
                await self._recover(task_id)
            except Conflict:
                # One that cannot be moved must not keep the others waiting; the next pass sees it again.
                self._log.exception("task.not_recovered", task_id=task_id)
        for task_id in forgotten:
            await self._announce(task_id, forgotten_before)
        return len(expired) + len(forgotten)

    async def _recover(self, task_id: TaskId) -> None:
        now = self._clock.now()
        settlement: Settlement | None = None
        async with self._begin() as tx:
            seen = await tx.tasks.find(task_id)
            if seen is None:
                return
            run = await lock_run(tx, seen.batch_id, seen.job_id)
            task = await tx.tasks.lock(task_id)
            if run is None or task is None or not task.is_overdue(now=now):
                return
            if not task.is_last_attempt:
                delay = self._retry.delay(task.attempt, self._randomness.jitter())
                task.try_later(_LOST, delay=delay, now=now)
                await tx.tasks.save(task)
            elif task.asset_id is not None:
                await end_asset_task(tx, self._planner, run.job, task, _LOST, dead=True, now=now)
            else:
                task.die(_LOST, now=now)
                await tx.tasks.save(task)
                assets = await tx.assets.of_batch(task.batch_id)
                settlement = await settle(tx, run, assets, archive=None, failure=_LOST.code, now=now)
            await tx.commit()
        self._log.warning("task.lease_expired", task_id=task_id, batch_id=task.batch_id, status=task.status)
        if task.status is TaskStatus.DEAD:
            self._telemetry.dead_lettered(task_topic(task.kind))
        if settlement is not None:
            report(self._telemetry, settlement)

    async def _announce(self, task_id: TaskId, forgotten_before: datetime) -> None:
        async with self._begin() as tx:
            task = await tx.tasks.lock(task_id)
            if task is None or task.status is not TaskStatus.PENDING or task.available_at >= forgotten_before:
                return
            task.announce_again(now=self._clock.now())
            await tx.tasks.save(task)
            await tx.commit()
