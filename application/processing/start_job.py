"""The first task of a run that is claimed starts its job and its batch."""

from application.ports.clock import Clock
from application.ports.log import Log
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import DomainError
from domain.jobs.job import Job, JobStatus


class StartJob:
    """In a transaction of its own, for here the locks go batch, job; the task row is released.

    If it fails, the claim holds all the same; whoever claims the next task, or ends the run, starts the job.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._log = log

    async def __call__(self, seen: Job) -> None:
        if seen.status is not JobStatus.PENDING:
            return
        try:
            await self._start(seen)
        except DomainError as error:
            self._log.warning("job.not_started", job_id=seen.id, code=error.code, detail=error.detail)

    async def _start(self, seen: Job) -> None:
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
