"""The client says that everything is uploaded; we look, and only then does the work begin."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.abort_uploads import abort_uploads
from application.batches.scope import find_batch, lock_batch
from application.batches.verify_uploads import ClaimedUpload, UploadCheck, VerifyUploads
from application.ports.clock import Clock
from application.ports.storage import MultipartUploads, ObjectStore
from application.processing.plan import RunPlanner
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.batches.errors import UploadMismatch, UploadsIncomplete
from domain.errors import Rejected, Violation
from domain.ids import BatchId, ListingId
from domain.jobs.job import Job
from domain.listings.access import require_uploader
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteUploadBatchCommand:
    """`drop_missing` leaves out files that were announced and never uploaded."""

    principal: Principal
    listing_id: ListingId
    batch_id: BatchId
    files: Sequence[ClaimedUpload]
    drop_missing: bool = False


class CompleteUploadBatch:
    """Answers the first job of the batch, however often and by however many clients it is called.

    Whether the listing awaits media was asked when the batch was announced: a sibling that was ready sooner, and has
    moved the listing on, must not strand it. Raises ListingNotFound, BatchNotFound, NotPermitted, UploadExpired,
    Rejected, UploadsIncomplete, UploadMismatch, Unavailable.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        verify: VerifyUploads,
        store: ObjectStore,
        multipart: MultipartUploads,
        planner: RunPlanner,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._verify = verify
        self._store = store
        self._multipart = multipart
        self._planner = planner
        self._clock = clock

    async def __call__(self, command: CompleteUploadBatchCommand) -> Job:
        async with self._begin() as tx:
            listing, batch = await find_batch(tx, command.principal, command.listing_id, command.batch_id)
            assets = await tx.assets.of_batch(batch.id)
            require_uploader(listing, command.principal, {asset.media_type for asset in assets})
            if batch.job_id is not None:
                return await _first_job(tx, batch)
        batch.require_uploading(now=self._clock.now())
        _require_known(assets, command.files)
        checks = await self._verify(
            assets,
            {claim.client_id: claim for claim in command.files},
            {claim.client_id: index for index, claim in enumerate(command.files)},
        )
        _require_arrived(checks, drop_missing=command.drop_missing)
        job, dropped = await self._receive(command, checks)
        await abort_uploads(self._multipart, dropped)
        await self._store.delete([asset.key for asset in dropped])
        return job

    async def _receive(
        self, command: CompleteUploadBatchCommand, checks: Sequence[UploadCheck]
    ) -> tuple[Job, Sequence[Asset]]:
        now = self._clock.now()
        etags = {check.asset.id: check.etag for check in checks if check.etag is not None}
        async with self._begin() as tx:
            _, batch = await lock_batch(tx, command.principal, command.listing_id, command.batch_id)
            if batch.job_id is not None:
                return await _first_job(tx, batch), []
            assets = await tx.assets.of_batch(batch.id)
            kept = [asset for asset in assets if asset.id in etags]
            dropped = [asset for asset in assets if asset.id not in etags]
            job = await self._begin_run(tx, batch, kept, now)
            for asset in kept:
                asset.receive(etag=etags[asset.id], now=now)
            await tx.assets.save(kept)
            await tx.assets.remove(dropped)
            await tx.commit()
        return job, dropped

    async def _begin_run(self, tx: UnitOfWork, batch: Batch, kept: Sequence[Asset], now: datetime) -> Job:
        batch.receive(
            job_id=self._planner.new_job_id(),
            file_count=len(kept),
            total_bytes=sum(asset.size for asset in kept),
            now=now,
        )
        await tx.batches.save(batch)
        return await self._planner.start_run(tx, batch, kept, now=now)


async def _first_job(tx: UnitOfWork, batch: Batch) -> Job:
    jobs = await tx.jobs.of_batch(batch.id)
    return jobs[0]


def _require_known(assets: Sequence[Asset], claims: Sequence[ClaimedUpload]) -> None:
    known = {asset.client_id for asset in assets}
    times = Counter(claim.client_id for claim in claims)
    violations = []
    for index, claim in enumerate(claims):
        at = f"/files/{index}/clientId"
        if claim.client_id not in known:
            violations.append(Violation(at, "UNKNOWN_CLIENT_ID", f"the batch has no file {claim.client_id!r}"))
        if times[claim.client_id] > 1:
            violations.append(Violation(at, "DUPLICATE_CLIENT_ID", f"{claim.client_id} occurs twice"))
    if violations:
        raise Rejected("some files are not part of the batch, or are listed twice", violations)


def _require_arrived(checks: Sequence[UploadCheck], *, drop_missing: bool) -> None:
    missing = [check.missing for check in checks if check.missing is not None]
    mismatches = [violation for check in checks for violation in check.mismatches]
    if mismatches:
        raise UploadMismatch([*mismatches, *([] if drop_missing else missing)])
    if missing and (not drop_missing or len(missing) == len(checks)):
        raise UploadsIncomplete(missing)
