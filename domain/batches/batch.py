"""A delivery of files for a listing, from the first announcement to the finished ZIP."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import FailureCode
from domain.batches.errors import (
    BatchAlreadyReceived,
    BatchInFlight,
    BatchNotReady,
    BatchNotRetryable,
    UploadExpired,
)
from domain.batches.events import (
    BatchDeleted,
    BatchFailed,
    BatchOpened,
    BatchReady,
    BatchReceived,
    BatchRetried,
    ObjectLost,
)
from domain.batches.manifest import Manifest
from domain.batches.object_keys import ObjectKind
from domain.checksum import Checksum
from domain.events import Aggregate
from domain.ids import AssetId, BatchId, JobId, ListingId, StoreId, UserId
from domain.state_machine import StateMachine


class BatchStatus(StrEnum):
    PENDING_UPLOAD = "PENDING_UPLOAD"
    RECEIVED = "RECEIVED"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FAILED = "FAILED"


BATCH_LIFECYCLE = StateMachine(
    "batch",
    {
        BatchStatus.PENDING_UPLOAD: frozenset({BatchStatus.RECEIVED, BatchStatus.FAILED}),
        BatchStatus.RECEIVED: frozenset({BatchStatus.PROCESSING}),
        BatchStatus.PROCESSING: frozenset({BatchStatus.READY, BatchStatus.FAILED}),
        BatchStatus.READY: frozenset({BatchStatus.PROCESSING}),
        BatchStatus.FAILED: frozenset({BatchStatus.PROCESSING, BatchStatus.READY}),
    },
)
IN_FLIGHT = frozenset({BatchStatus.RECEIVED, BatchStatus.PROCESSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The ZIP of the batch's originals. Sizes in bytes."""

    key: str
    size: int
    extracted_size: int
    checksum: Checksum | None


@dataclass(slots=True, kw_only=True)
class Batch(Aggregate):
    """`jobs` counts the runs so far; `job_id` is the latest. `failure_code` is set while FAILED.

    `settled_at` is the end of the first run, `ready_at` that of the latest that succeeded.
    """

    id: BatchId
    listing_id: ListingId
    store_id: StoreId
    reference: str
    manifest_digest: bytes
    status: BatchStatus = BatchStatus.PENDING_UPLOAD
    failure_code: FailureCode | None = None
    carries_photos: bool
    file_count: int
    total_bytes: int
    jobs: int = 0
    job_id: JobId | None = None
    archive: Archive | None = None
    created_by: UserId
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None = None
    settled_at: datetime | None = None
    ready_at: datetime | None = None
    deleted_at: datetime | None = None

    @classmethod
    def open(
        cls,
        *,
        batch_id: BatchId,
        listing_id: ListingId,
        store_id: StoreId,
        manifest: Manifest,
        by: UserId,
        now: datetime,
        expires_at: datetime,
    ) -> "Batch":
        batch = cls(
            id=batch_id,
            listing_id=listing_id,
            store_id=store_id,
            reference=manifest.reference,
            manifest_digest=manifest.digest,
            carries_photos=any(not media_type.is_project for media_type in manifest.media_types),
            file_count=len(manifest.files),
            total_bytes=manifest.total_bytes,
            created_by=by,
            created_at=now,
            expires_at=expires_at,
        )
        batch.record(
            BatchOpened(
                batch_id=batch_id,
                listing_id=listing_id,
                reference=manifest.reference,
                files=len(manifest.files),
                occurred_at=now,
            )
        )
        return batch

    @property
    def has_settled_before(self) -> bool:
        """True once a run has ended: from then on there is something to download, during a retry too."""
        return self.settled_at is not None

    def require_uploading(self, *, now: datetime) -> None:
        """Raise UploadExpired or BatchAlreadyReceived unless files may still arrive."""
        if self.failure_code is FailureCode.UPLOAD_EXPIRED:
            raise UploadExpired(self.id)
        if self.status is not BatchStatus.PENDING_UPLOAD:
            raise BatchAlreadyReceived(self.id)
        if now >= self.expires_at:
            raise UploadExpired(self.id)

    def require_downloadable(self) -> None:
        """Raise BatchNotReady before the first run has ended."""
        if not self.has_settled_before:
            raise BatchNotReady(self.id, self.status)

    def receive(self, *, job_id: JobId, file_count: int, total_bytes: int, now: datetime) -> None:
        """All files are there. `file_count` and `total_bytes` count what was kept of the announcement."""
        self.require_uploading(now=now)
        self.status = BATCH_LIFECYCLE.move(self.status, BatchStatus.RECEIVED)
        self.file_count, self.total_bytes = file_count, total_bytes
        self.received_at = now
        self._begin_run(job_id)
        self.record(BatchReceived(batch_id=self.id, listing_id=self.listing_id, job_id=job_id, occurred_at=now))

    def start_processing(self) -> None:
        """The first worker has begun; repeating it changes nothing."""
        if self.status is not BatchStatus.PROCESSING:
            BATCH_LIFECYCLE.require(self.status, BatchStatus.RECEIVED)
            self.status = BATCH_LIFECYCLE.move(self.status, BatchStatus.PROCESSING)

    def retry(self, *, job_id: JobId, now: datetime) -> None:
        if (
            self.status not in {BatchStatus.READY, BatchStatus.FAILED}
            or self.failure_code is FailureCode.UPLOAD_EXPIRED
        ):
            raise BatchNotRetryable(self.id, self.failure_code or self.status)
        self.status = BATCH_LIFECYCLE.move(self.status, BatchStatus.PROCESSING)
        self.failure_code = None
        self._begin_run(job_id)
        self.record(BatchRetried(batch_id=self.id, listing_id=self.listing_id, job_id=job_id, occurred_at=now))

    def settle(self, *, failure: FailureCode | None, now: datetime) -> None:
        """The run has ended: READY without a failure, FAILED with its code otherwise."""
        if failure is not None:
            BATCH_LIFECYCLE.require(self.status, BatchStatus.PROCESSING)
        target = BatchStatus.READY if failure is None else BatchStatus.FAILED
        self.status = BATCH_LIFECYCLE.move(self.status, target)
        self.failure_code = failure
        self.settled_at = self.settled_at or now
        self.ready_at = now if failure is None else self.ready_at
        self.record(
            BatchReady(batch_id=self.id, listing_id=self.listing_id, occurred_at=now)
            if failure is None
            else BatchFailed(batch_id=self.id, listing_id=self.listing_id, code=failure, occurred_at=now)
        )

    def expire(self, *, now: datetime) -> None:
        """Nobody completed it in time."""
        BATCH_LIFECYCLE.require(self.status, BatchStatus.PENDING_UPLOAD)
        self.status = BATCH_LIFECYCLE.move(self.status, BatchStatus.FAILED)
        self.failure_code = FailureCode.UPLOAD_EXPIRED
        self.record(
            BatchFailed(
                batch_id=self.id,
                listing_id=self.listing_id,
                code=FailureCode.UPLOAD_EXPIRED,
                occurred_at=now,
            )
        )

    def delete(self, *, now: datetime) -> None:
        """Hide it everywhere; its history stays."""
        if self.status in IN_FLIGHT:
            raise BatchInFlight(self.id, self.status)
        self.deleted_at = now
        self.record(BatchDeleted(batch_id=self.id, listing_id=self.listing_id, occurred_at=now))

    def raise_alarm(self, *, key: str, kind: ObjectKind, asset_id: AssetId | None, now: datetime) -> None:
        """An object that is needed has gone from the store. Nothing is changed by it: people decide."""
        self.record(
            ObjectLost(
                batch_id=self.id,
                listing_id=self.listing_id,
                object_key=key,
                kind=kind,
                asset_id=asset_id,
                occurred_at=now,
            )
        )

    def _begin_run(self, job_id: JobId) -> None:
        self.jobs += 1
        self.job_id = job_id
