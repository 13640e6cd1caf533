"""One of each event, and of an event with several topics one for each."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from application.events.routing import (
    LISTINGS_TOPIC,
    MEDIA_DELETIONS_TOPIC,
    PIPELINE_RESULTS_TOPIC,
    STORAGE_TOPIC,
    task_topic,
)
from domain.assets.failure import FailureCode
from domain.batches.events import (
    BatchDeleted,
    BatchFailed,
    BatchOpened,
    BatchReady,
    BatchReceived,
    BatchRetried,
    ObjectLost,
)
from domain.batches.media_type import MediaType
from domain.batches.object_keys import ObjectKind
from domain.dead_letters.events import MessageRejected, MessageReplayed
from domain.dead_letters.stored_message import StoredMessage
from domain.events import Event
from domain.ids import (
    AssetId,
    BatchId,
    DeadLetterId,
    JobId,
    ListingId,
    MediaId,
    SetAttachmentId,
    StoreId,
    TaskId,
    UserId,
)
from domain.jobs.events import JobFinished, JobRequested, RequestedFile, TaskDied, TaskScheduled
from domain.jobs.job import JobStatus, Provider
from domain.jobs.task import TaskKind
from domain.jobs.work import LinkWork, MediaWork, RunWork, Work
from domain.listings.events import ListingAwaitsApproval
from domain.media.deletion_failure import DeletionFailureCode
from domain.media.events import (
    MediaDeleted,
    MediaDeleteFailed,
    MediaDeleteRequested,
    MediaFailed,
    MediaQuarantined,
    MediaReady,
    MediaUpdated,
    MediaUploaded,
    PhotoDeleted,
    PhotoUploaded,
)
from domain.media.kind import MediaKind
from entrypoints.http.documentation.examples import cast

MESSAGE_ID = UUID("0197a1f0-3c00-7000-8000-0000000000e1")
TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

_LISTING, _BATCH, _JOB = ListingId(cast.LISTING_ID), BatchId(cast.BATCH_ID), JobId(cast.JOB_ID)
_PHOTO, _VIDEO, _TASK = AssetId(cast.PHOTO_ID), AssetId(cast.VIDEO_ID), TaskId(cast.TASK_ID)
_LETTER = DeadLetterId(cast.LETTER_ID)
_MEDIA, _STORE, _UPLOADER = MediaId(cast.MEDIA_ID), StoreId(cast.STORE_ID), UserId(cast.OWNER_ID)
_OF_MEDIA = MediaWork(media_id=_MEDIA, store_id=_STORE)
_OF_LINK = LinkWork(set_attachment_id=SetAttachmentId(cast.LINK_ID), store_id=_STORE)
_NOW = cast.NOW


def _of_listing_media() -> Sequence[Event]:
    return [
        BatchOpened(batch_id=_BATCH, listing_id=_LISTING, reference="shoot-2025-06-24", files=2, occurred_at=_NOW),
        BatchReceived(batch_id=_BATCH, listing_id=_LISTING, job_id=_JOB, occurred_at=_NOW),
        BatchReady(batch_id=_BATCH, listing_id=_LISTING, occurred_at=_NOW),
        BatchFailed(batch_id=_BATCH, listing_id=_LISTING, code=FailureCode.TRANSCODE_FAILED, occurred_at=_NOW),
        BatchRetried(batch_id=_BATCH, listing_id=_LISTING, job_id=_JOB, occurred_at=_NOW),
        BatchDeleted(batch_id=_BATCH, listing_id=_LISTING, occurred_at=_NOW),
        ObjectLost(
            batch_id=_BATCH,
            listing_id=_LISTING,
            object_key=cast.RAW,
            kind=ObjectKind.ORIGINAL,
            asset_id=_PHOTO,
            occurred_at=_NOW,
        ),
        JobRequested(
            job_id=_JOB,
            batch_id=_BATCH,
            listing_id=_LISTING,
            attempt=1,
            provider=Provider.EXTERNAL,
            output_prefix=f"{_LISTING}/processed/",
            files=(
                RequestedFile(
                    asset_id=_PHOTO,
                    key=cast.RAW,
                    media_type=MediaType.PHOTO_HORIZONTAL,
                    content_type="image/jpeg",
                    size=4_812_077,
                    checksum=cast.CHECKSUM,
                ),
            ),
            occurred_at=_NOW,
        ),
        _finished(JobStatus.SUCCEEDED, None),
        _finished(JobStatus.PARTIAL_SUCCESS, FailureCode.TRANSCODE_FAILED),
        ListingAwaitsApproval(listing_id=_LISTING, occurred_at=_NOW),
    ]


def _finished(status: JobStatus, error_code: FailureCode | None) -> JobFinished:
    return JobFinished(
        job_id=_JOB, batch_id=_BATCH, listing_id=_LISTING, status=status, error_code=error_code, occurred_at=_NOW
    )


def _of_media() -> Sequence[Event]:
    return [
        MediaUploaded(
            media_id=_MEDIA,
            store_id=_STORE,
            user_id=_UPLOADER,
            kind=MediaKind.PRODUCT,
            mime_type="image/jpeg",
            size=4_812_077,
            checksum=cast.CHECKSUM,
            occurred_at=_NOW,
        ),
        MediaReady(media_id=_MEDIA, store_id=_STORE, occurred_at=_NOW),
        MediaFailed(media_id=_MEDIA, store_id=_STORE, code=FailureCode.UNREADABLE_MEDIA, occurred_at=_NOW),
        MediaUpdated(media_id=_MEDIA, store_id=_STORE, occurred_at=_NOW),
        MediaDeleteRequested(media_id=_MEDIA, store_id=_STORE, attempt=1, occurred_at=_NOW),
        MediaDeleteFailed(
            media_id=_MEDIA, store_id=_STORE, code=DeletionFailureCode.UNKNOWN_ENTITY_TYPE, occurred_at=_NOW
        ),
        MediaDeleted(media_id=_MEDIA, store_id=_STORE, occurred_at=_NOW),
        MediaQuarantined(
            media_id=_MEDIA,
            store_id=_STORE,
            object_key=f"{_STORE}/cas/{cast.CHECKSUM.removeprefix('sha256:')}",
            occurred_at=_NOW,
        ),
        PhotoUploaded(
            id=_MEDIA,
            user_id=_UPLOADER,
            store_id=_STORE,
            url=f"https://media.example/api/v2/media/{_MEDIA}",
            mime_type="image/jpeg",
            size=4_812_077,
            occurred_at=_NOW,
        ),
        PhotoDeleted(id=_MEDIA, occurred_at=_NOW),
    ]


def _of_task(kind: TaskKind, work: Work, failure: FailureCode, detail: str) -> Sequence[Event]:
    return [
        TaskScheduled(task_id=_TASK, kind=kind, **work.ids, not_before=_NOW + timedelta(seconds=2), occurred_at=_NOW),
        TaskDied(
            task_id=_TASK,
            kind=kind,
            **work.ids,
            attempt=4,
            error_code=failure,
            error_detail=detail,
            occurred_at=_NOW,
        ),
    ]


def _of_run(asset_id: AssetId | None) -> RunWork:
    return RunWork(job_id=_JOB, batch_id=_BATCH, listing_id=_LISTING, asset_id=asset_id, run=1)


def _rejected(topic: str, consumer: str, body: bytes, code: str) -> MessageRejected:
    return MessageRejected(
        letter_id=_LETTER,
        message=_stored(topic, body),
        consumer=consumer,
        error_code=code,
        error_detail="the body is not JSON: Input data was truncated",
        attempts=1,
        occurred_at=_NOW,
    )


def _stored(topic: str, body: bytes) -> StoredMessage:
    return StoredMessage(
        topic=topic,
        place="3/141",
        key=str(_LISTING).encode(),
        headers={"ce_id": "fact-7", "content-type": "application/json"},
        body=body,
        id=None,
        type=None,
    )


EXAMPLES: Sequence[Event] = [
    *_of_listing_media(),
    *_of_media(),
    *_of_task(TaskKind.IMAGE, _of_run(_PHOTO), FailureCode.DECODER_CRASHED, "the decoder ran out of memory"),
    *_of_task(TaskKind.IMAGE, _OF_MEDIA, FailureCode.TIMEOUT, "the worker vanished or took longer than its lease"),
    *_of_task(TaskKind.VIDEO, _of_run(_VIDEO), FailureCode.TRANSCODE_FAILED, "ffmpeg ended with 1"),
    *_of_task(TaskKind.ARCHIVE, _of_run(None), FailureCode.ZIP_FAILED, "an original has gone"),
    TaskScheduled(task_id=_TASK, kind=TaskKind.LINK, **_OF_LINK.ids, not_before=_NOW, occurred_at=_NOW),
    *(_rejected(task_topic(kind), f"vitrine.worker.{kind}", b'{"task": ', "UNREADABLE_POINTER") for kind in TaskKind),
    _rejected(MEDIA_DELETIONS_TOPIC, "media-deleted-sub", b'{"mediaId": ', "UNREADABLE_DELETION"),
    _rejected(LISTINGS_TOPIC, "vitrine.listings", b'{"listingId": ', "MALFORMED_JSON"),
    _rejected(PIPELINE_RESULTS_TOPIC, "vitrine.pipeline-results", b'{"jobId": ', "MALFORMED_JSON"),
    _rejected(STORAGE_TOPIC, "vitrine.storage", b'{"Records": ', "UNKNOWN_NOTIFICATION"),
    MessageReplayed(letter_id=_LETTER, message=_stored(LISTINGS_TOPIC, b"{}"), occurred_at=_NOW),
]
