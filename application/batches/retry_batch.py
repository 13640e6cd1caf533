"""Process a batch again: its failed files after a failure, all of them when it was READY."""

from dataclasses import dataclass

from application.batches.scope import lock_batch
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.processing.plan import RunPlanner
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.batches.batch import BatchStatus
from domain.ids import BatchId, ListingId
from domain.jobs.job import Job
from domain.listings.access import require_manager
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBatchCommand:
    principal: Principal
    listing_id: ListingId
    batch_id: BatchId


class RetryBatch:
    """Every call that succeeds makes a new job. What was ready stays downloadable until the new version is.

    Raises ListingNotFound, BatchNotFound, NotPermitted, BatchNotRetryable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, planner: RunPlanner, clock: Clock, telemetry: Telemetry) -> None:
        self._begin = begin
        self._planner = planner
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, command: RetryBatchCommand) -> Job:
        now = self._clock.now()
        async with self._begin() as tx:
            listing, batch = await lock_batch(tx, command.principal, command.listing_id, command.batch_id)
            assets = await tx.assets.of_batch(batch.id)
            require_manager(listing, command.principal, {asset.media_type for asset in assets})
            was_ready = batch.status is BatchStatus.READY
            batch.retry(job_id=self._planner.new_job_id(), now=now)
            chosen = [asset for asset in assets if was_ready or self._needs_work(asset)]
            await tx.batches.save(batch)
            job = await self._planner.start_run(tx, batch, chosen, now=now)
            await tx.commit()
        self._telemetry.reprocess_requested()
        return job

    def _needs_work(self, asset: Asset) -> bool:
        """Also what an external pipeline has processed before: nobody here has read it, so it could not be packed."""
        unread = self._planner.works_here and asset.crc32 is None
        return unread or asset.status is AssetStatus.FAILED
