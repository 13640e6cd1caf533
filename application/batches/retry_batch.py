"""Process a batch again: its failed files after a failure, all of them when it was READY."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.scope import lock_batch
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.processing.plan import RunPlanner
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset, AssetStatus
from domain.batches.batch import Batch, BatchStatus
from domain.dead_letters.dead_letter import DeadLetter
from domain.ids import BatchId, ListingId, UserId
from domain.jobs.job import Job
from domain.listings.access import require_manager
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBatchCommand:
    principal: Principal
    listing_id: ListingId
    batch_id: BatchId


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """`letters` are the dead letters of the batch, which its new run replays."""

    job: Job
    letters: Sequence[DeadLetter]


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
            rerun = await run_again(tx, self._planner, batch, assets, by=command.principal.user_id, now=now)
            await tx.commit()
        self._telemetry.reprocess_requested()
        return rerun.job


async def run_again(
    tx: UnitOfWork, planner: RunPlanner, batch: Batch, assets: Sequence[Asset], *, by: UserId, now: datetime
) -> Rerun:
    """Within a transaction that has locked the batch. Raises BatchNotRetryable."""
    was_ready = batch.status is BatchStatus.READY
    batch.retry(job_id=planner.new_job_id(), now=now)
    chosen = [asset for asset in assets if was_ready or _needs_work(asset, planner)]
    await tx.batches.save(batch)
    job = await planner.start_run(tx, batch, chosen, now=now)
    letters = await tx.dead_letters.lock_open_of_batch(batch.id)
    for letter in letters:
        letter.replay(by=by, now=now)
    await tx.dead_letters.save(letters)
    return Rerun(job=job, letters=letters)


def _needs_work(asset: Asset, planner: RunPlanner) -> bool:
    """Also what an external pipeline has processed before: nobody here has read it, so it could not be packed."""
    unread = planner.works_here and asset.crc32 is None
    return unread or asset.status is AssetStatus.FAILED
