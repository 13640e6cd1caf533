"""One file of a batch: what was announced, what arrived, what was made of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import MediaFacts, Rendition, RenditionName
from domain.batches.manifest import FileSpec
from domain.batches.media_type import MediaType
from domain.batches.object_keys import ObjectKind, original_key
from domain.checksum import Checksum
from domain.events import Aggregate
from domain.ids import AssetId, BatchId, ListingId
from domain.state_machine import StateMachine


class AssetStatus(StrEnum):
    PENDING_UPLOAD = "PENDING_UPLOAD"
    RECEIVED = "RECEIVED"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


ASSET_LIFECYCLE = StateMachine(
    "asset",
    {
        AssetStatus.PENDING_UPLOAD: frozenset({AssetStatus.RECEIVED, AssetStatus.FAILED}),
        AssetStatus.RECEIVED: frozenset({AssetStatus.PROCESSING, AssetStatus.FAILED}),
        AssetStatus.PROCESSING: frozenset({AssetStatus.PROCESSED, AssetStatus.FAILED}),
        AssetStatus.PROCESSED: frozenset({AssetStatus.PROCESSING}),
        AssetStatus.FAILED: frozenset({AssetStatus.PROCESSING}),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartUpload:
    """An upload in parts that is open at the store. `part_size` in bytes; the last part may be smaller."""

    upload_id: str
    part_size: int

    def part_sizes(self, total: int) -> list[int]:
        """Bytes of each part, in order, of a file of `total` bytes."""
        full, rest = divmod(total, self.part_size)
        return [self.part_size] * full + ([rest] if rest else [])


@dataclass(slots=True, kw_only=True)
class Asset(Aggregate):
    """`arrived_at` is when the store told of an upload, if it tells: nothing is proved by it. `etag` and `crc32` are
    known once received and once read. Renditions of an earlier run stay until a newer run has finished, also when that
    run fails.
    """

    id: AssetId
    batch_id: BatchId
    listing_id: ListingId
    client_id: str
    media_type: MediaType
    filename: str
    content_type: str
    size: int
    checksum: Checksum
    sequence: int
    title: str | None
    key: str
    status: AssetStatus = AssetStatus.PENDING_UPLOAD
    failure: Failure | None = None
    multipart: MultipartUpload | None = None
    arrived_at: datetime | None = None
    etag: str | None = None
    crc32: int | None = None
    facts: MediaFacts | None = None
    renditions: tuple[Rendition, ...] = ()
    created_at: datetime
    updated_at: datetime

    @classmethod
    def announce(
        cls, *, asset_id: AssetId, batch_id: BatchId, listing_id: ListingId, spec: FileSpec, now: datetime
    ) -> "Asset":
        return cls(
            id=asset_id,
            batch_id=batch_id,
            listing_id=listing_id,
            client_id=spec.client_id,
            media_type=spec.media_type,
            filename=spec.filename,
            content_type=spec.content_type,
            size=spec.size,
            checksum=spec.checksum,
            sequence=spec.sequence,
            title=spec.title,
            key=original_key(listing_id, spec.media_type, batch_id, asset_id, spec.filename),
            created_at=now,
            updated_at=now,
        )

    @property
    def label(self) -> str:
        """What people call it: its title, or else its file name."""
        return self.title or self.filename

    def rendition(self, name: RenditionName) -> Rendition | None:
        return next((rendition for rendition in self.renditions if rendition.name is name), None)

    def needs(self, key: str) -> ObjectKind | None:
        """What the object is to this asset. None for one that is not its own, of a run that is superseded, or that
        nobody has counted on yet.
        """
        if key == self.key:
            return ObjectKind.ORIGINAL if self.etag is not None else None
        return ObjectKind.RENDITION if any(rendition.key == key for rendition in self.renditions) else None

    def open_multipart(self, multipart: MultipartUpload, *, now: datetime) -> None:
        self.multipart = multipart
        self.updated_at = now

    def arrive(self, *, at: datetime, now: datetime) -> bool:
        """Something lies under its key. False when that is known, or means nothing any more."""
        if self.status is not AssetStatus.PENDING_UPLOAD or self.arrived_at is not None:
            return False
        self.arrived_at = min(at, now)
        self.updated_at = now
        return True

    def vanish(self, *, now: datetime) -> bool:
        """What had arrived is gone before anybody counted on it. False when nothing had, or somebody does."""
        if self.status is not AssetStatus.PENDING_UPLOAD or self.arrived_at is None:
            return False
        self.arrived_at = None
        self.updated_at = now
        return True

    def receive(self, *, etag: str, now: datetime) -> None:
        """The store holds it, with the size and, where it can tell, the checksum announced."""
        self._move(AssetStatus.RECEIVED, now)
        self.etag = etag
        self.multipart = None

    def start_processing(self, *, now: datetime) -> None:
        """A worker has begun; repeating it changes nothing, since another attempt may begin after a crash."""
        if self.status is not AssetStatus.PROCESSING:
            self._move(AssetStatus.PROCESSING, now)
            self.failure = None

    def finish(self, *, facts: MediaFacts, renditions: tuple[Rendition, ...], crc32: int | None, now: datetime) -> None:
        """Everything was made and confirmed by the store; older renditions are replaced."""
        self._move(AssetStatus.PROCESSED, now)
        self.facts = facts
        self.renditions = renditions
        self.crc32 = self.crc32 if crc32 is None else crc32

    def fail(self, failure: Failure, *, now: datetime) -> None:
        self._move(AssetStatus.FAILED, now)
        self.failure = failure

    def expire(self, *, now: datetime) -> None:
        ASSET_LIFECYCLE.require(self.status, AssetStatus.PENDING_UPLOAD)
        self.fail(Failure(code=FailureCode.UPLOAD_EXPIRED, detail="it was not uploaded in time"), now=now)

    def _move(self, target: AssetStatus, now: datetime) -> None:
        self.status = ASSET_LIFECYCLE.move(self.status, target)
        self.updated_at = now
