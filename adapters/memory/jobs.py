from collections.abc import Sequence
from datetime import datetime

from adapters.memory.transaction import MemoryTransaction
from domain.batches.batch import Batch
from domain.batches.errors import BatchNotFound
from domain.errors import ConcurrentUpdate
from domain.ids import BatchId, JobId
from domain.jobs.job import Job, Provider
from domain.jobs.repository import Jobs


class MemoryJobs(Jobs):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, job_id: JobId) -> Job | None:
        return self._transaction.find(Job, job_id)

    async def lock(self, job_id: JobId) -> Job | None:
        await self._transaction.lock(Job, job_id)
        return await self.find(job_id)

    async def save(self, job: Job) -> None:
        if self._transaction.find(Batch, job.batch_id) is None:
            self._transaction.fail(BatchNotFound(job.batch_id))
        # Two runs that want one number come one after the other; the row first, as an index is written after it.
        await self._transaction.lock(Job, job.id)
        await self._transaction.lock(Job, job.batch_id, job.attempt)
        if any(other.attempt == job.attempt and other.id != job.id for other in await self.of_batch(job.batch_id)):
            self._transaction.fail(ConcurrentUpdate(f"batch {job.batch_id} has a run {job.attempt} already"))
        await self._transaction.save(Job, [(job.id, job)])

    async def of_batch(self, batch_id: BatchId) -> Sequence[Job]:
        jobs = self._transaction.select(Job, lambda job: job.batch_id == batch_id)
        return sorted(jobs, key=lambda job: job.attempt)

    async def unanswered(self, *, before: datetime, limit: int) -> Sequence[JobId]:
        jobs = self._transaction.select(
            Job,
            lambda job: job.provider is Provider.EXTERNAL and not job.status.is_final and job.created_at < before,
        )
        return [job.id for job in sorted(jobs, key=lambda job: (job.created_at, job.id))[:limit]]
