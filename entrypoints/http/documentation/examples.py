"""One honest example of every body. They are Structs, so that they cannot drift from the types."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from application.processing.apply_callback import ReportedStatus
from domain.listings.listing import BookingStatus, ListingKind, ListingStatus
from entrypoints.http.listing_media import requests, responses

_LISTING = UUID("0197a1f0-3c00-7000-8000-000000000001")
_BATCH = UUID("0197a1f0-3c00-7000-8000-000000000002")
_PHOTO = UUID("0197a1f0-3c00-7000-8000-000000000003")
_VIDEO = UUID("0197a1f0-3c00-7000-8000-000000000004")
_JOB = UUID("0197a1f0-3c00-7000-8000-000000000005")
_BOOKING = UUID("0197a1f0-3c00-7000-8000-000000000006")
_PHOTOGRAPHER = UUID("0197a1f0-3c00-7000-8000-000000000007")
_OWNER = UUID("0197a1f0-3c00-7000-8000-000000000008")
_NOW = datetime(2025, 6, 24, 9, 30, tzinfo=UTC)
_STORE = "https://media.example/vitrine"
_RAW = f"{_LISTING}/raw/photo/horizontal/{_BATCH}/{_PHOTO}-kitchen.jpg"
_PROCESSED = f"{_LISTING}/processed/photo/horizontal"
_CHECKSUM = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=..."

ANNOUNCEMENT = requests.CreateUploadBatchBody(
    listing_id=_LISTING,
    batch_reference="shoot-2025-06-24",
    files=[
        requests.AnnouncedFileBody(
            client_id="kitchen",
            media_type="PHOTO_HORIZONTAL",
            orientation="HORIZONTAL",
            filename="kitchen.jpg",
            content_type="image/jpeg",
            bytes=4_194_304,
            checksum=_CHECKSUM,
            title="Kitchen",
            sequence=1,
        )
    ],
)
_SINGLE = responses.UploadTicketBody(
    client_id="kitchen",
    asset_id=_PHOTO,
    object_key=_RAW,
    title="Kitchen",
    sequence=1,
    method="PUT",
    upload_url=f"{_STORE}/{_RAW}?{_SIGNED}",
    headers={
        "content-length": "4194304",
        "content-type": "image/jpeg",
        "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    },
)
_IN_PARTS = responses.UploadTicketBody(
    client_id="walkthrough",
    asset_id=_VIDEO,
    object_key=f"{_LISTING}/raw/video/horizontal/{_BATCH}/{_VIDEO}-walkthrough.mp4",
    title="Walkthrough",
    sequence=1,
    method="PUT",
    multipart=responses.MultipartTicketBody(
        upload_id="2~upload",
        part_size=16_777_216,
        parts=[
            responses.PartTicketBody(
                part_number=2,
                bytes=16_777_216,
                upload_url=f"{_STORE}/...?partNumber=2&uploadId=2~upload&{_SIGNED}",
                headers={"content-length": "16777216"},
            )
        ],
        arrived=[responses.ArrivedPartBody(part_number=1, etag="9b2cf535f27731c974343645a3985328", bytes=16_777_216)],
    ),
)
TICKETS = responses.UploadTicketsBody(
    listing_id=_LISTING,
    batch_id=_BATCH,
    batch_reference="shoot-2025-06-24",
    status="PENDING_UPLOAD",
    expires_at=_NOW + timedelta(hours=24),
    upload_expires_at=_NOW + timedelta(minutes=15),
    files=[_SINGLE, _IN_PARTS],
)
REISSUE = requests.ReissueUploadUrlsBody(listing_id=_LISTING, batch_id=_BATCH, client_ids=["kitchen", "walkthrough"])
REISSUED = responses.UploadTicketsBody(
    listing_id=_LISTING,
    batch_id=_BATCH,
    batch_reference="shoot-2025-06-24",
    status="PENDING_UPLOAD",
    expires_at=_NOW + timedelta(hours=24),
    upload_expires_at=_NOW + timedelta(minutes=15),
    files=[_IN_PARTS],
    uploaded=["kitchen"],
)
COMPLETION = requests.CompleteUploadBatchBody(
    listing_id=_LISTING,
    batch_id=_BATCH,
    files=[
        requests.UploadedFileBody(client_id="kitchen", etag="5d41402abc4b2a76b9719d911017c592"),
        requests.UploadedFileBody(
            client_id="walkthrough",
            etag="",
            parts=[requests.UploadedPartBody(part_number=1, etag="9b2cf535f27731c974343645a3985328")],
        ),
    ],
)
RECEIVED = responses.StartedJobBody(job_id=_JOB, status="RECEIVED", estimated_duration_seconds=12)
RETRIED = responses.StartedJobBody(job_id=_JOB, status="PROCESSING")
BATCH = requests.BatchBody(listing_id=_LISTING, batch_id=_BATCH)
_SUMMARY = responses.BatchSummaryBody(
    batch_id=_BATCH,
    listing_id=_LISTING,
    batch_reference="shoot-2025-06-24",
    status="FAILED",
    file_count=2,
    total_bytes=88_080_384,
    created_at=_NOW,
    expires_at=_NOW + timedelta(hours=24),
    received_at=_NOW + timedelta(minutes=4),
    settled_at=_NOW + timedelta(minutes=5),
    failure_code="UNREADABLE_MEDIA",
)
STATUS = responses.BatchStatusBody(
    batch=_SUMMARY,
    processing=responses.ProcessingBody(
        job_id=_JOB,
        attempt=1,
        status="PARTIAL_SUCCESS",
        steps=[
            responses.StepBody(name=name, status=status, done=total, total=total)
            for name, status, total in (
                ("validate", "DONE", 2),
                ("thumbnails", "DONE", 2),
                ("transcode", "DONE", 1),
                ("zip", "DONE", 1),
                ("finalize", "DONE", 1),
            )
        ],
        estimated_duration_seconds=12,
        created_at=_NOW + timedelta(minutes=4),
        started_at=_NOW + timedelta(minutes=4, seconds=1),
        finished_at=_NOW + timedelta(minutes=5),
        error_code="UNREADABLE_MEDIA",
    ),
    assets=[
        responses.AssetStatusBody(
            asset_id=_PHOTO,
            client_id="kitchen",
            media_type="PHOTO_HORIZONTAL",
            filename="kitchen.jpg",
            title="Kitchen",
            sequence=1,
            bytes=4_194_304,
            status="PROCESSED",
        ),
        responses.AssetStatusBody(
            asset_id=_VIDEO,
            client_id="walkthrough",
            media_type="VIDEO_HORIZONTAL",
            filename="walkthrough.mp4",
            title="Walkthrough",
            sequence=1,
            bytes=83_886_080,
            status="FAILED",
            error=responses.ErrorBody(code="UNREADABLE_MEDIA", detail="no video stream was found"),
        ),
    ],
    available_downloads=["ZIP_FULL", "PHOTO_HORIZONTAL"],
)
PAGE = responses.BatchPageBody(batches=[_SUMMARY], next_cursor="AQGXofA8AHAAgAAAAAAAAAI")
DOWNLOADS_QUERY = requests.QueryDownloadsBody(listing_id=_LISTING, batch_id=_BATCH)
DOWNLOADS = responses.DownloadsBody(
    batch_id=_BATCH,
    generated_at=_NOW,
    ttl_seconds=3600,
    downloads=[
        responses.DownloadBody(
            type="ZIP_FULL",
            url=f"{_STORE}/{_LISTING}/processed/zip/{_BATCH}.1-1.zip?{_SIGNED}",
            bytes=88_081_010,
            extracted_bytes=88_080_384,
            expires_at=_NOW + timedelta(hours=1),
        ),
        responses.DownloadBody(
            type="PHOTO_HORIZONTAL",
            items=[
                responses.DownloadItemBody(
                    asset_id=_PHOTO,
                    title="Kitchen",
                    sequence=1,
                    label="Kitchen",
                    url=f"{_STORE}/{_RAW}?{_SIGNED}",
                    preview=f"{_STORE}/{_PROCESSED}/medium/{_PHOTO}.1-1.jpg?{_SIGNED}",
                    width=4000,
                    height=3000,
                    thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
                    dominant_color="#c8b9a2",
                    renditions={
                        name: f"{_STORE}/{_PROCESSED}/{name}/{_PHOTO}.1-1.jpg?{_SIGNED}"
                        for name in ("thumbnail", "small", "medium", "large")
                    }
                    | {"original": f"{_STORE}/{_RAW}?{_SIGNED}"},
                )
            ],
        ),
        responses.DownloadBody(
            type="VIDEO_HORIZONTAL",
            items=[
                responses.DownloadItemBody(
                    asset_id=_VIDEO,
                    title="Walkthrough",
                    sequence=1,
                    label="Walkthrough",
                    error=responses.ErrorBody(code="UNREADABLE_MEDIA", detail="no video stream was found"),
                )
            ],
        ),
    ],
)
LISTING_FACTS = requests.UpsertListingBody(
    owner_id=_OWNER,
    kind=ListingKind.PROPERTY,
    status=ListingStatus.PENDING_PHOTO_PROCESSING,
    bookings=[
        requests.BookingBody(
            id=_BOOKING,
            photographer_id=_PHOTOGRAPHER,
            status=BookingStatus.DONE,
            scheduled_at=_NOW - timedelta(days=1),
        )
    ],
)
LISTING = responses.ListingBody(
    listing_id=_LISTING,
    owner_id=_OWNER,
    kind="PROPERTY",
    status="PENDING_PHOTO_PROCESSING",
    bookings=[
        responses.BookingFactsBody(
            id=_BOOKING, photographer_id=_PHOTOGRAPHER, status="DONE", scheduled_at=_NOW - timedelta(days=1)
        )
    ],
    created_at=_NOW,
    updated_at=_NOW,
)
CALLBACK = requests.CallbackBody(
    job_id=_JOB,
    attempt=1,
    status=ReportedStatus.SUCCEEDED,
    outputs=[
        requests.ReportedOutputBody(
            asset_id=_PHOTO,
            processed_key=f"{_PROCESSED}/large/{_PHOTO}.1.jpg",
            thumbnail_key=f"{_PROCESSED}/thumbnail/{_PHOTO}.1.jpg",
        ),
        requests.ReportedOutputBody(asset_id=_VIDEO, error_code="TRANSCODE_FAILED"),
    ],
    zip=requests.ReportedArchiveBody(key=f"{_LISTING}/processed/zip/{_BATCH}.1.zip"),
)
