from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.events import Event
from domain.ids import BatchId, JobId, ListingId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEvent(Event):
    batch_id: BatchId
    listing_id: ListingId

    @property
    def key(self) -> UUID:
        return self.batch_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOpened(BatchEvent):
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
    type: ClassVar[str] = "vitrine.batch.ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFailed(BatchEvent):
    type: ClassVar[str] = "vitrine.batch.failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRetried(BatchEvent):
    type: ClassVar[str] = "vitrine.batch.retried"
    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDeleted(BatchEvent):
    type: ClassVar[str] = "vitrine.batch.deleted"
