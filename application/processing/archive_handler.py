from dataclasses import dataclass
from datetime import datetime

from application.processing.build_archive import BuildArchive
from application.processing.lease_keeper import Lease
from application.processing.plan import trace_of
from application.processing.start_job import StartJob
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWork
from domain.batches.batch import Archive
from domain.jobs.job import Job
from domain.jobs.task import Stage, Task
from domain.jobs.work import RunWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedArchive(ClaimedTask):
    job: Job


class ArchiveHandler(TaskHandler[ClaimedArchive, Archive | None]):
    """The ZIP at the end of a run; None when no file could be processed."""

    first_stage = Stage.ZIP
    last_stage = Stage.FINALIZE

    def __init__(self, *, start_job: StartJob, build: BuildArchive) -> None:
        self._start_job = start_job
        self._build = build

    async def claim(self, tx: UnitOfWork, task: Task, *, now: datetime) -> ClaimedArchive | None:  # noqa: ARG002 - nothing changes
        assert isinstance(task.work, RunWork)
        job = await tx.jobs.find(task.work.job_id)
        return None if job is None else ClaimedArchive(task=task, trace=trace_of(job), job=job)

    async def begin(self, claim: ClaimedArchive) -> None:
        await self._start_job(claim.job)

    async def attempt(self, claim: ClaimedArchive, lease: Lease) -> Archive | None:
        return await self._build(claim.job, claim.task.fence, lease)
