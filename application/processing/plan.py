"""The tasks of a run: one a file, which validates and derives in one go, and the archive when all have ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.ports.ids import Ids
from application.ports.tracing import Tracing
from application.unit_of_work import UnitOfWork
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.batches.media_type import MediaCategory
from domain.ids import JobId, TaskId
from domain.jobs.estimate import Capacity, estimate_seconds
from domain.jobs.events import RequestedFile
from domain.jobs.job import Job, Provider
from domain.jobs.task import RetryPolicy, Task, TaskKind
from domain.jobs.work import RunWork

_TRACE = "traceparent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingPolicy:
    provider: Provider = Provider.INTERNAL
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    capacity: Capacity = field(default_factory=Capacity)


class RunPlanner:
    """Adds jobs and tasks within the caller's transaction."""

    def __init__(self, *, ids: Ids, policy: ProcessingPolicy, tracing: Tracing) -> None:
        self._ids = ids
        self._policy = policy
        self._tracing = tracing

    @property
    def works_here(self) -> bool:
        """True when our own workers process, and no pipeline outside."""
        return self._policy.provider is Provider.INTERNAL

    def new_job_id(self) -> JobId:
        return JobId(self._ids.new())

    async def start_run(self, tx: UnitOfWork, batch: Batch, assets: Sequence[Asset], *, now: datetime) -> Job:
        """Add the job `batch.job_id` over these assets, with its tasks; with no assets only the archive is made."""
        assert batch.job_id is not None
        job = Job.request(
            job_id=batch.job_id,
            batch_id=batch.id,
            listing_id=batch.listing_id,
            attempt=batch.jobs,
            provider=self._policy.provider,
            files=tuple(_requested(asset) for asset in assets),
            estimated_seconds=estimate_seconds(assets, self._policy.capacity),
            now=now,
            trace=self._tracing.headers().get(_TRACE),
        )
        await tx.jobs.save(job)
        if job.provider is Provider.INTERNAL:
            if assets:
                await tx.tasks.add([self._file_task(job, asset, now) for asset in assets])
            else:
                await self.add_archive_task(tx, job, now=now)
        return job

    async def add_archive_task(self, tx: UnitOfWork, job: Job, *, now: datetime) -> None:
        await tx.tasks.add([self._task(job, None, TaskKind.ARCHIVE, now)])

    def _file_task(self, job: Job, asset: Asset, now: datetime) -> Task:
        is_video = asset.media_type.category is MediaCategory.VIDEO
        return self._task(job, asset, TaskKind.VIDEO if is_video else TaskKind.IMAGE, now)

    def _task(self, job: Job, asset: Asset | None, kind: TaskKind, now: datetime) -> Task:
        return Task.schedule(
            task_id=TaskId(self._ids.new()),
            kind=kind,
            work=RunWork.of(job, asset.id if asset else None),
            max_attempts=self._policy.retry.max_attempts,
            now=now,
        )


def trace_of(job: Job | None) -> Mapping[str, str]:
    """Headers that stand for the request which asked for this run."""
    return {_TRACE: job.trace} if job and job.trace else {}


def _requested(asset: Asset) -> RequestedFile:
    return RequestedFile(
        asset_id=asset.id,
        key=asset.key,
        media_type=asset.media_type,
        content_type=asset.content_type,
        size=asset.size,
        checksum=str(asset.checksum),
    )
