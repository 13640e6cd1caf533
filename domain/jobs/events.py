from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.events import Event
from domain.ids import AssetId, BatchId, JobId, ListingId, MediaId, SetAttachmentId, StoreId, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent(Event):
    job_id: JobId
    batch_id: BatchId
    listing_id: ListingId

    @property
    def key(self) -> UUID:
        return self.batch_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedFile:
    """An original to process: where it lies in the bucket and what it proved to be. `size` in bytes."""

    asset_id: AssetId
    key: str
    media_type: str
    content_type: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequested(JobEvent):
    """An external pipeline starts on this and writes below `output_prefix`; our own workers go by `TaskScheduled`."""

    type: ClassVar[str] = "vitrine.job.requested"
    attempt: int
    provider: str
    output_prefix: str
    files: tuple[RequestedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished(JobEvent):
    """One run over a batch has ended. `error_code` is None when it succeeded."""

    type: ClassVar[str] = "vitrine.job.finished"
    status: str
    error_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent(Event):
    """A task is about a file or the archive of a run, about a media of a store's library, or about an address that was
    attached: the ids of the others are None.
    """

    task_id: TaskId
    kind: str
    job_id: JobId | None
    batch_id: BatchId | None
    listing_id: ListingId | None
    asset_id: AssetId | None
    media_id: MediaId | None
    set_attachment_id: SetAttachmentId | None
    store_id: StoreId | None

    @property
    def key(self) -> UUID:
        return self.task_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskScheduled(TaskEvent):
    """A pointer to work: the task itself is a row that a worker must claim. Not to be delivered before `not_before`.

    It is about a file or the archive of a run, about a media of a store's library, or about an address that was
    attached: the ids of the others are null.
    """

    type: ClassVar[str] = "vitrine.task.scheduled"
    not_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDied(TaskEvent):
    """The last attempt is spent. Ids are as in `vitrine.task.scheduled`."""

    type: ClassVar[str] = "vitrine.task.died"
    attempt: int
    error_code: str
    error_detail: str
