from collections.abc import Sequence
from dataclasses import dataclass

from application.batches.scope import find_batch
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.ids import BatchId, ListingId
from domain.jobs.job import Job
from domain.jobs.steps import Step, steps_of
from domain.listings.access import require_read
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStatusQuery:
    principal: Principal
    listing_id: ListingId
    batch_id: BatchId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """`job` and `steps` are those of the latest run; None and empty before the first."""

    batch: Batch
    assets: Sequence[Asset]
    job: Job | None
    steps: Sequence[Step]

    @property
    def available_downloads(self) -> Sequence[str]:
        """The types that a download query would answer with."""
        if not self.batch.has_settled_before:
            return []
        types = sorted({asset.media_type for asset in self.assets if asset.renditions})
        return (["ZIP_FULL"] if self.batch.archive else []) + [*types]


class GetBatchStatus:
    """Raises ListingNotFound, BatchNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: BatchStatusQuery) -> BatchReport:
        async with self._begin() as tx:
            listing, batch = await find_batch(tx, query.principal, query.listing_id, query.batch_id)
            require_read(listing, query.principal)
            assets = await tx.assets.of_batch(batch.id)
            job = await tx.jobs.find(batch.job_id) if batch.job_id else None
            tasks = await tx.tasks.of_job(job.id) if job else []
        return BatchReport(batch=batch, assets=assets, job=job, steps=steps_of(job, tasks) if job else [])
