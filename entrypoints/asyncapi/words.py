"""What a text may say, where an event has no closer type for it."""

from collections.abc import Mapping, Sequence

from domain.assets.failure import FailureCode
from domain.batches.events import BatchFailed, ObjectLost
from domain.batches.media_type import MediaType
from domain.batches.object_keys import ObjectKind
from domain.jobs.events import JobFinished, JobRequested, RequestedFile, TaskDied, TaskScheduled
from domain.jobs.job import JobStatus, Provider
from domain.jobs.task import TaskKind
from domain.media.deletion_failure import DeletionFailureCode
from domain.media.events import MediaDeleteFailed, MediaFailed, MediaUploaded
from domain.media.kind import MediaKind

WORDS: Mapping[tuple[type, str], Sequence[str]] = {
    (BatchFailed, "code"): [*FailureCode],
    (ObjectLost, "kind"): [*ObjectKind],
    (JobRequested, "provider"): [*Provider],
    (RequestedFile, "media_type"): [*MediaType],
    (JobFinished, "status"): [status for status in JobStatus if status.is_final],
    (JobFinished, "error_code"): [*FailureCode],
    (TaskScheduled, "kind"): [*TaskKind],
    (TaskDied, "kind"): [*TaskKind],
    (TaskDied, "error_code"): [*FailureCode],
    (MediaUploaded, "kind"): [*MediaKind],
    (MediaFailed, "code"): [*FailureCode],
    (MediaDeleteFailed, "code"): [*DeletionFailureCode],
}
"""By record and field. Examples in the document, no `enum`: a consumer that refuses the next one breaks at it."""
