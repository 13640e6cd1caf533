from dataclasses import dataclass
from datetime import datetime

from application.ports.decoding import DerivedFile
from application.processing.lease_keeper import Lease
from application.processing.plan import trace_of
from application.processing.process_original import Original, ProcessedOriginal, ProcessOriginal
from application.processing.start_job import StartJob
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWork
from domain.assets.asset import Asset
from domain.assets.failure import FailureCode, MediaRejected
from domain.batches.object_keys import rendition_key
from domain.jobs.job import Job
from domain.jobs.task import Stage, Task
from domain.jobs.work import RunWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAsset(ClaimedTask):
    """`asset` is None when the file was taken out of its batch meanwhile."""

    job: Job
    asset: Asset | None


class AssetHandler(TaskHandler[ClaimedAsset, ProcessedOriginal]):
    """A file of a run."""

    first_stage = Stage.VALIDATE
    last_stage = None

    def __init__(self, *, start_job: StartJob, process: ProcessOriginal) -> None:
        self._start_job = start_job
        self._process = process

    async def claim(self, tx: UnitOfWork, task: Task, *, now: datetime) -> ClaimedAsset | None:
        assert isinstance(task.work, RunWork)
        job = await tx.jobs.find(task.work.job_id)
        asset = await tx.assets.find(task.work.asset_id) if task.work.asset_id else None
        if job is None:
            return None
        if asset is not None:
            asset.start_processing(now=now)
            await tx.assets.save([asset])
        return ClaimedAsset(task=task, trace=trace_of(job), job=job, asset=asset)

    async def begin(self, claim: ClaimedAsset) -> None:
        await self._start_job(claim.job)

    async def attempt(self, claim: ClaimedAsset, lease: Lease) -> ProcessedOriginal:
        task, asset = claim.task, claim.asset
        if asset is None:
            raise MediaRejected(FailureCode.NOT_UPLOADED, "the file was taken out of its batch")

        def key_of(file: DerivedFile) -> str:
            return rendition_key(
                asset.listing_id,
                asset.media_type,
                file.name,
                asset.id,
                attempt=task.fence,
                content_type=file.content_type,
            )

        original = Original(key=asset.key, size=asset.size, checksum=asset.checksum, content_type=asset.content_type)
        return await self._process(task, original, lease, key_of=key_of)
