from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.events import Event
from domain.ids import AssetId, BatchId, JobId, ListingId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEvent(Event):
    batch_id: BatchId
    listing_id: ListingId

    @property
    def key(self) -> UUID:
        return self.batch_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOpened(BatchEvent):
    """Its manifest was accepted, its files are awaited. `reference` is the client's own name for it."""

    type: ClassVar[str] = "vitrine.batch.opened"
    reference: str
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReceived(BatchEvent):
    """All its files lie in the store, checked."""

    type: ClassVar[str] = "vitrine.batch.received"
    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReady(BatchEvent):
    """All its files are processed, and the archive of them lies in the store."""

    type: ClassVar[str] = "vitrine.batch.ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFailed(BatchEvent):
    """A file or the archive could not be processed, or nobody completed the upload in time. Files that are processed
    can be downloaded nevertheless.
    """

    type: ClassVar[str] = "vitrine.batch.failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRetried(BatchEvent):
    """It is being processed again: its failed files, or all of them when it was ready."""

    type: ClassVar[str] = "vitrine.batch.retried"
    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDeleted(BatchEvent):
    """It is hidden from everybody, for good."""

    type: ClassVar[str] = "vitrine.batch.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLost(BatchEvent):
    """An object that the batch needs has gone from the store: an alarm, which changes nothing.

    `kind` is original, rendition or archive; `asset_id` is there for the first two.
    """

    type: ClassVar[str] = "vitrine.object.lost"
    object_key: str
    kind: str
    asset_id: AssetId | None
