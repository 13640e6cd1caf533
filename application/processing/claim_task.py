"""A worker takes a task, and with it the right to finish it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.log import Log
from application.processing.plan import trace_of
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.errors import DomainError
from domain.ids import TaskId
from domain.jobs.job import Job, JobStatus
from domain.jobs.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePolicy:
    """A lease is renewed three times in its duration; a worker that misses them all has lost it."""

    duration: timedelta = timedelta(seconds=30)

    @property
    def renew_every(self) -> timedelta:
        return self.duration / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedTask:
    """`asset` is None for the archive, and for a file that was taken out of its batch meanwhile. `trace` are headers
    that stand for the request behind the run, for a worker that was led here by no message.
    """

    task: Task
    asset: Asset | None
    trace: Mapping[str, str]


class ClaimTask:
    """Answers None when there is nothing to do: claimed by another, finished, or not due yet. So a pointer
    that is delivered twice does no harm.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, policy: LeasePolicy, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._policy = policy
        self._log = log

    async def __call__(self, task_id: TaskId, *, worker: str) -> ClaimedTask | None:
        now = self._clock.now()
        async with self._begin() as tx:
            task = await tx.leases.claim(task_id, worker=worker, lease=self._policy.duration, now=now)
            if task is None:
                return None
            job = await tx.jobs.find(task.work.job_id)
            asset = await tx.assets.find(task.work.asset_id) if task.work.asset_id else None
            if asset is not None:
                asset.start_processing(now=now)
                await tx.assets.save([asset])
            await tx.commit()
        if job is not None and job.status is JobStatus.PENDING:
            try:
                await self._start_job(job)
            except DomainError as error:
                # The claim holds all the same; whoever claims the next task, or ends the run, starts the job.
                self._log.warning("job.not_started", job_id=job.id, code=error.code, detail=error.detail)
        return ClaimedTask(task=task, asset=asset, trace=trace_of(job))

    async def _start_job(self, seen: Job) -> None:
        """In a transaction of its own, for here the locks go batch, job; the task row is released."""
        async with self._begin() as tx:
            batch = await tx.batches.lock(seen.batch_id)
            job = await tx.jobs.lock(seen.id)
            if batch is None or job is None or job.status is not JobStatus.PENDING:
                return
            batch.start_processing()
            job.start(now=self._clock.now())
            await tx.batches.save(batch)
            await tx.jobs.save(job)
            await tx.commit()
