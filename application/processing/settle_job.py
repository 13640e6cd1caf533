"""The end of a run: batch, job and listing move together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork
from domain.assets.asset import Asset, AssetStatus
from domain.assets.failure import FailureCode
from domain.batches.batch import Archive, Batch
from domain.ids import BatchId, JobId
from domain.jobs.job import Job
from domain.listings.listing import Listing


@dataclass(slots=True, kw_only=True)
class Run:
    """What a run consists of, locked in the order listing, batch, job."""

    listing: Listing
    batch: Batch
    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How it ended; `took` runs from RECEIVED to the end, and is there on the first success only."""

    failure: FailureCode | None
    took: timedelta | None


async def lock_run(tx: UnitOfWork, batch_id: BatchId, job_id: JobId) -> Run | None:
    """None when the batch is gone or has moved on to another job."""
    seen = await tx.batches.find(batch_id)
    if seen is None:
        return None
    listing = await tx.listings.lock(seen.listing_id)
    batch = await tx.batches.lock(batch_id)
    job = await tx.jobs.lock(job_id)
    if listing is None or batch is None or job is None or batch.job_id != job_id:
        return None
    return Run(listing=listing, batch=batch, job=job)


async def settle(
    tx: UnitOfWork,
    run: Run,
    assets: Sequence[Asset],
    *,
    archive: Archive | None,
    failure: FailureCode | None,
    now: datetime,
) -> Settlement:
    """End the job and the batch. `failure` is that of the archive or of the whole; those of files are found here.

    An older archive stays when there is no new one, or when a failed run has packed fewer files than it holds: the
    old version remains until the new one is ready.
    """
    failure = failure or _failure_of(assets)
    first = not run.batch.has_settled_before
    run.batch.archive = _better(run.batch.archive, archive, failure)
    run.batch.start_processing()
    run.batch.settle(failure=failure, now=now)
    run.job.start(now=now)
    run.job.finish(failure=failure, now=now)
    await tx.batches.save(run.batch)
    await tx.jobs.save(run.job)
    if failure is None and run.batch.carries_photos:
        await advance_listing(tx, run.listing, now=now)
    took = now - run.batch.received_at if first and failure is None and run.batch.received_at else None
    return Settlement(failure=failure, took=took)


def report(telemetry: Telemetry, settlement: Settlement) -> None:
    """Count it, once the transaction has been committed."""
    if settlement.failure is not None:
        telemetry.batch_failed(settlement.failure)
    if settlement.took is not None:
        telemetry.batch_ready(settlement.took)


async def advance_listing(tx: UnitOfWork, listing: Listing, *, now: datetime) -> None:
    """On to the owner, once a photo or video batch is READY and no sibling is in flight.

    To be asked after a batch became READY or was deleted. The listing is locked, so of two batches that end at once
    the later one sees the earlier one's end.
    """
    ready = await tx.batch_history.has_ready_photos(listing.id)
    if ready and await tx.batch_history.in_flight(listing.id) == 0 and listing.media_ready(now=now):
        await tx.listings.save(listing)


def _better(old: Archive | None, new: Archive | None, failure: FailureCode | None) -> Archive | None:
    if old is None or new is None:
        return new or old
    return old if failure is not None and new.extracted_size < old.extracted_size else new


def _failure_of(assets: Sequence[Asset]) -> FailureCode | None:
    """The most frequent code among the failed files."""
    codes = Counter(
        asset.failure.code for asset in assets if asset.status is AssetStatus.FAILED and asset.failure is not None
    )
    return codes.most_common(1)[0][0] if codes else None
