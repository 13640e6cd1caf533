"""Aggregates for tests: sound by default, every field to be overridden by name.

`build_*` makes what a use case would have just made (version 0, no events recorded);
`populated_*` fills every field with something that is not its default.
"""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from adapters.memory.ids import SequentialIds
from domain.assets.asset import Asset, AssetStatus, MultipartUpload
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import IMAGE_WIDTHS, MediaFacts, Rendition, RenditionName
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.set_attachment import AttachmentType, SetAttachment
from domain.attachments.attachment import Attachment
from domain.batches.batch import Archive, Batch, BatchStatus
from domain.batches.media_type import MediaType
from domain.batches.object_keys import original_key, rendition_key
from domain.checksum import Checksum
from domain.dead_letters.dead_letter import DeadLetter, LetterKind, LetterStatus
from domain.dead_letters.stored_message import StoredMessage
from domain.ids import (
    AssetId,
    AttachmentId,
    AttachmentSetId,
    BatchId,
    BlobId,
    BookingId,
    DeadLetterId,
    JobId,
    ListingId,
    MediaId,
    SetAttachmentId,
    StoreId,
    TaskId,
    UserId,
)
from domain.jobs.job import Job, JobStatus, Provider
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus
from domain.jobs.work import MediaWork, RunWork
from domain.listings.booking import Booking, BookingStatus
from domain.listings.listing import Listing, ListingKind, ListingStatus
from domain.media.blob import Blob
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key, staging_key

IDS = SequentialIds()
NOW = datetime(2025, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
STORE = StoreId(IDS.new())
OWNER = UserId(IDS.new())
PHOTOGRAPHER = UserId(IDS.new())

T = TypeVar("T")


def checksum_of(text: str) -> Checksum:
    return Checksum(sha256(text.encode()).digest())


def build_booking(**changes: Any) -> Booking:
    return _build(
        Booking,
        changes,
        id=BookingId(IDS.new()),
        photographer_id=PHOTOGRAPHER,
        status=BookingStatus.DONE,
        scheduled_at=NOW - timedelta(days=1),
    )


def build_listing(**changes: Any) -> Listing:
    """A property that awaits photos from PHOTOGRAPHER."""
    return _build(
        Listing,
        changes,
        id=ListingId(IDS.new()),
        store_id=STORE,
        owner_id=OWNER,
        kind=ListingKind.PROPERTY,
        status=ListingStatus.PENDING_PHOTO_PROCESSING,
        bookings=(build_booking(),),
        facts_as_of=NOW,
        facts_digest=sha256(b"facts").digest(),
        created_at=NOW,
        updated_at=NOW,
    )


def build_batch(**changes: Any) -> Batch:
    """A batch of 2 photos that awaits its uploads."""
    batch_id = changes.setdefault("id", BatchId(IDS.new()))
    return _build(
        Batch,
        changes,
        listing_id=ListingId(IDS.new()),
        store_id=STORE,
        reference=f"shoot-{batch_id}",
        manifest_digest=sha256(b"manifest").digest(),
        carries_photos=True,
        file_count=2,
        total_bytes=2_000,
        created_by=PHOTOGRAPHER,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )


def populated_batch(**changes: Any) -> Batch:
    """Failed in its second run, with the archive of the first, and deleted since."""
    return build_batch(
        **{
            "status": BatchStatus.FAILED,
            "failure_code": FailureCode.ZIP_FAILED,
            "jobs": 2,
            "job_id": JobId(IDS.new()),
            "archive": Archive(
                key="listing/processed/zip/batch.1.zip", size=2_200, extracted_size=2_000, checksum=checksum_of("zip")
            ),
            "received_at": NOW + timedelta(minutes=1),
            "settled_at": NOW + timedelta(minutes=2),
            "ready_at": NOW + timedelta(minutes=2, seconds=1),
            "deleted_at": NOW + timedelta(minutes=3),
        }
        | changes
    )


def build_asset(batch: Batch | None = None, **changes: Any) -> Asset:
    """A photo that awaits its upload; it belongs to `batch` where one is given."""
    if batch is not None:
        changes = {"batch_id": batch.id, "listing_id": batch.listing_id} | changes
    asset_id = changes.setdefault("id", AssetId(IDS.new()))
    batch_id = changes.setdefault("batch_id", BatchId(IDS.new()))
    listing_id = changes.setdefault("listing_id", ListingId(IDS.new()))
    media_type = changes.setdefault("media_type", MediaType.PHOTO_VERTICAL)
    sequence = changes.setdefault("sequence", 1)
    filename = changes.setdefault("filename", f"IMG_{sequence:04d}.jpg")
    return _build(
        Asset,
        changes,
        client_id=f"{media_type}-{sequence}",
        content_type="image/jpeg",
        size=1_000,
        checksum=checksum_of(str(asset_id)),
        title="Kitchen",
        key=original_key(listing_id, media_type, batch_id, asset_id, filename),
        created_at=NOW,
        updated_at=NOW,
    )


def processed_asset(batch: Batch | None = None, **changes: Any) -> Asset:
    """A photo with its four renditions."""
    asset = build_asset(batch, **changes)
    asset.status = changes.get("status", AssetStatus.PROCESSED)
    asset.etag = changes.get("etag", '"5d41402abc4b2a76b9719d911017c592"')
    asset.crc32 = changes.get("crc32", 0xFFFF_FFFE)
    asset.facts = changes.get("facts", PHOTO_FACTS)
    asset.renditions = changes.get("renditions", image_renditions(asset))
    return asset


def populated_asset(batch: Batch | None = None, **changes: Any) -> Asset:
    """Every field set at once, which no real asset has: failed in a second run, renditions of the first."""
    return processed_asset(
        batch,
        **{
            "status": AssetStatus.FAILED,
            "failure": Failure(code=FailureCode.DECODER_CRASHED, detail="it ran out of memory"),
            "multipart": MultipartUpload(upload_id="upload-1", part_size=16_777_216),
            "arrived_at": NOW - timedelta(seconds=1),
            "facts": MediaFacts(
                width=4000,
                height=3000,
                duration_seconds=12.5,
                codec="h264",
                pages=3,
                thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
                dominant_color="#aabbcc",
            ),
            "updated_at": NOW + timedelta(seconds=1),
        }
        | changes,
    )


PHOTO_FACTS = MediaFacts(width=4000, height=3000, thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w", dominant_color="#aabbcc")


def image_renditions(asset: Asset, *, fence: str = "1-1") -> tuple[Rendition, ...]:
    return tuple(build_rendition(asset, name, fence=fence, width=width) for name, width in IMAGE_WIDTHS.items())


def build_rendition(asset: Asset, name: RenditionName, *, fence: str = "1-1", width: int = 200) -> Rendition:
    return Rendition(
        name=name,
        key=rendition_key(asset.listing_id, asset.media_type, name, asset.id, attempt=fence, content_type="image/jpeg"),
        content_type="image/jpeg",
        size=width * 10,
        checksum=checksum_of(f"{asset.id}{name}{fence}"),
        width=width,
        height=width * 3 // 4,
    )


def build_job(batch: Batch | None = None, **changes: Any) -> Job:
    if batch is not None:
        changes = {"batch_id": batch.id, "listing_id": batch.listing_id} | changes
    return _build(
        Job,
        changes,
        id=JobId(IDS.new()),
        batch_id=BatchId(IDS.new()),
        listing_id=ListingId(IDS.new()),
        attempt=1,
        provider=Provider.INTERNAL,
        total=2,
        estimated_seconds=30,
        created_at=NOW,
    )


def populated_job(batch: Batch | None = None, **changes: Any) -> Job:
    return build_job(
        batch,
        **{
            "attempt": 2,
            "provider": Provider.EXTERNAL,
            "status": JobStatus.PARTIAL_SUCCESS,
            "trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "done": 1,
            "failed": 1,
            "error_code": FailureCode.TRANSCODE_FAILED,
            "started_at": NOW + timedelta(seconds=1),
            "finished_at": NOW + timedelta(seconds=2),
        }
        | changes,
    )


def build_run_work(job: Job | None = None, **changes: Any) -> RunWork:
    """That of a photo in a first run."""
    if job is not None:
        changes = {
            "job_id": job.id,
            "batch_id": job.batch_id,
            "listing_id": job.listing_id,
            "run": job.attempt,
        } | changes
    return _build(
        RunWork,
        changes,
        job_id=JobId(IDS.new()),
        batch_id=BatchId(IDS.new()),
        listing_id=ListingId(IDS.new()),
        asset_id=AssetId(IDS.new()),
        run=1,
    )


def build_media_work(media: Media | None = None) -> MediaWork:
    media = media or build_media()
    return MediaWork(media_id=media.id, store_id=media.store_id)


def build_task(job: Job | None = None, **changes: Any) -> Task:
    """A photo's task that anybody may claim from NOW on."""
    return _build(
        Task,
        changes,
        id=TaskId(IDS.new()),
        kind=TaskKind.IMAGE,
        work=build_run_work(job),
        max_attempts=4,
        available_at=NOW,
        created_at=NOW,
    )


def populated_task(job: Job | None = None, **changes: Any) -> Task:
    return build_task(
        job,
        **{
            "kind": TaskKind.VIDEO,
            "status": TaskStatus.LEASED,
            "attempt": 3,
            "leased_by": "worker-7",
            "lease_until": NOW + timedelta(seconds=30),
            "available_at": NOW - timedelta(seconds=5),
            "stage": Stage.TRANSCODE,
            "progress": 0.375,
            "failure": Failure(code=FailureCode.TIMEOUT, detail="it took too long"),
            "finished_at": NOW + timedelta(seconds=60),
        }
        | changes,
    )


def build_stored_message(**changes: Any) -> StoredMessage:
    """A CloudEvent that is none."""
    return _build(
        StoredMessage,
        changes,
        topic="vitrine.listings.v1",
        place=f"3/{IDS.new()}",
        key=b"listing-7",
        headers={"ce_id": "7", "content-type": "application/json"},
        body=b'{"half": ',
        id="7",
        type=None,
    )


def build_dead_letter(**changes: Any) -> DeadLetter:
    """An open letter of a message that could not be read. `message` may be given as a StoredMessage."""
    return _build(
        DeadLetter,
        changes,
        id=DeadLetterId(IDS.new()),
        kind=LetterKind.MESSAGE,
        message=build_stored_message(),
        consumer="vitrine.listings",
        error_code="NOT_A_CLOUD_EVENT",
        error_detail="the body is not JSON",
        attempts=1,
        created_at=NOW,
    )


def build_task_letter(batch: Batch | None = None, **changes: Any) -> DeadLetter:
    """An open letter of a photo's task, with all that it is about."""
    ours = {"batch_id": batch.id, "listing_id": batch.listing_id, "store_id": batch.store_id} if batch else {}
    task_id = TaskId(IDS.new())
    return build_dead_letter(
        **{
            "kind": LetterKind.TASK,
            "message": build_stored_message(
                topic="vitrine.tasks.image.v1",
                place="",
                key=str(task_id).encode(),
                headers={"content-type": "application/json"},
                body=b"{}",
                id=None,
                type="vitrine.task.scheduled",
            ),
            "consumer": "",
            "task_id": task_id,
            "asset_id": AssetId(IDS.new()),
            "batch_id": BatchId(IDS.new()),
            "job_id": JobId(IDS.new()),
            "listing_id": ListingId(IDS.new()),
            "store_id": STORE,
            "error_code": FailureCode.DECODER_CRASHED,
            "error_detail": "it ran out of memory",
            "attempts": 4,
        }
        | ours
        | changes
    )


def build_media_letter(media: Media | None = None, **changes: Any) -> DeadLetter:
    """An open letter of a media's task."""
    work = build_media_work(media)
    about = {**dict.fromkeys(("asset_id", "batch_id", "job_id", "listing_id")), "media_id": work.media_id}
    return build_task_letter(**{**about, "store_id": work.store_id} | changes)


def populated_dead_letter(**changes: Any) -> DeadLetter:
    """Every field set at once, which no real letter has; bytes and headers as bad as they come."""
    return build_task_letter(
        **{
            "message": build_stored_message(
                key=b"\0\xff",
                headers={"ce_id": "a\0b", "größe": "12 \N{SNOWMAN}", "": ""},
                body=bytes(range(256)),
                type="vitrine.listing.told",
                truncated=True,
            ),
            "consumer": "vitrine.listings",
            "media_id": MediaId(IDS.new()),
            "status": LetterStatus.DISCARDED,
            "resolved_at": NOW + timedelta(days=1),
            "resolved_by": OWNER,
        }
        | changes
    )


def build_blob(**changes: Any) -> Blob:
    """Bytes that nobody holds yet, to lie under their hash."""
    blob_id = changes.setdefault("id", BlobId(IDS.new()))
    store_id = changes.setdefault("store_id", STORE)
    checksum = changes.setdefault("checksum", checksum_of(str(blob_id)))
    return _build(
        Blob,
        changes,
        key=blob_key(store_id, checksum),
        size=1_000,
        content_type="image/jpeg",
        condemned_at=None if changes.get("holders") else NOW,
        created_at=NOW,
    )


def build_media(**changes: Any) -> Media:
    """A picture for a product, on its way to its staging key."""
    media_id = changes.setdefault("id", MediaId(IDS.new()))
    store_id = changes.setdefault("store_id", STORE)
    return _build(
        Media,
        changes,
        user_id=OWNER,
        kind=MediaKind.PRODUCT,
        checksum=checksum_of(str(media_id)),
        original_name="bottle.jpg",
        mime_type="image/jpeg",
        size=1_000,
        storage_key=staging_key(store_id, media_id),
        created_at=NOW,
        updated_at=NOW,
    )


def ready_media(blob: Blob | None = None, **changes: Any) -> Media:
    """One that can be used. It has taken hold of `blob`, where one is given."""
    if blob is not None:
        blob.acquire()
        changes = {
            "store_id": blob.store_id,
            "blob_id": blob.id,
            "checksum": blob.checksum,
            "size": blob.size,
            "storage_key": blob.key,
        } | changes
    media = build_media(**{"status": MediaStatus.READY} | changes)
    if blob is None and "storage_key" not in changes and media.checksum is not None:
        media.storage_key = blob_key(media.store_id, media.checksum)
    return media


def populated_media(**changes: Any) -> Media:
    """Every field set at once, which no real media has."""
    media_id = changes.setdefault("id", MediaId(IDS.new()))
    return build_media(
        **{
            "kind": MediaKind.LICENSE_DOC,
            "status": MediaStatus.DELETED,
            "failure": Failure(code=FailureCode.INTERNAL_ERROR, detail="the store did not answer"),
            "blob_id": BlobId(IDS.new()),
            "checksum": checksum_of("another"),
            "original_name": "größe.pdf",
            "mime_type": "application/pdf",
            "size": 2**40,
            "storage_key": f"{STORE}/cas/{checksum_of('another').hex}",
            "facts": MediaFacts(
                width=4000,
                height=3000,
                duration_seconds=12.5,
                codec="h264",
                pages=3,
                thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
                dominant_color="#aabbcc",
            ),
            "renditions": (
                Rendition(
                    name=RenditionName.THUMBNAIL,
                    key=f"{STORE}/media/{media_id}/thumbnail.1.jpg",
                    content_type="image/jpeg",
                    size=2_000,
                    checksum=checksum_of(f"{media_id}thumbnail"),
                    width=200,
                    height=150,
                ),
            ),
            "alt_text": "A bottle on a table",
            "description": "Taken in autumn",
            "folder": "autumn",
            "usage_count": 3,
            "deletions": 2,
            "deletion_failure": DeletionFailure(
                code=DeletionFailureCode.UNKNOWN_ENTITY_TYPE, detail="no consumer has registered it"
            ),
            "updated_at": NOW + timedelta(seconds=1),
            "quarantined_at": NOW + timedelta(seconds=2),
            "deleted_at": NOW + timedelta(seconds=3),
        }
        | changes
    )


def build_attachment(media: Media, **changes: Any) -> Attachment:
    """One use of it, in the gallery of some product."""
    return _build(
        Attachment,
        changes,
        id=AttachmentId(IDS.new()),
        media_id=media.id,
        entity_type="product_gallery",
        entity_id=IDS.new(),
        store_id=media.store_id,
        storage_key=media.storage_key,
        created_at=NOW,
    )


def empty_set(**changes: Any) -> AttachmentSet:
    return _build(
        AttachmentSet,
        changes,
        id=AttachmentSetId(IDS.new()),
        store_id=STORE,
        created_at=NOW,
        updated_at=NOW,
    )


def build_set_attachment(media: Media | None = None, **changes: Any) -> SetAttachment:
    """An image, whose media is another one each time."""
    return _build(
        SetAttachment,
        changes,
        id=SetAttachmentId(IDS.new()),
        user_id=OWNER,
        type=AttachmentType.IMAGE,
        title="Front",
        media_id=media.id if media else MediaId(IDS.new()),
        filename="front.jpg",
        content_type="image/jpeg",
        size=4_000,
        created_at=NOW,
    )


def untouched_fields(aggregate: Any) -> set[str]:
    """Names of the fields that still have their default: a round trip proves nothing about those."""
    return {
        field.name
        for field in fields(aggregate)
        if field.compare and field.name != "version" and getattr(aggregate, field.name) == field.default
    }


def _build(aggregate: type[T], changes: dict[str, Any], **defaults: Any) -> T:
    return aggregate(**(defaults | changes))
