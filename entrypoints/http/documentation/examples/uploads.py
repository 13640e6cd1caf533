from datetime import timedelta

from entrypoints.http.documentation.examples.cast import (
    BATCH_ID,
    CHECKSUM,
    JOB_ID,
    LISTING_ID,
    NOW,
    PHOTO_ID,
    RAW,
    SIGNED,
    STORE,
    VIDEO_ID,
)
from entrypoints.http.listing_media import requests, responses

ANNOUNCEMENT = requests.CreateUploadBatchBody(
    listing_id=LISTING_ID,
    batch_reference="shoot-2025-06-24",
    files=[
        requests.AnnouncedFileBody(
            client_id="kitchen",
            media_type="PHOTO_HORIZONTAL",
            orientation="HORIZONTAL",
            filename="kitchen.jpg",
            content_type="image/jpeg",
            bytes=4_194_304,
            checksum=CHECKSUM,
            title="Kitchen",
            sequence=1,
        )
    ],
)
_SINGLE = responses.UploadTicketBody(
    client_id="kitchen",
    asset_id=PHOTO_ID,
    object_key=RAW,
    title="Kitchen",
    sequence=1,
    method="PUT",
    upload_url=f"{STORE}/{RAW}?{SIGNED}",
    headers={
        "content-length": "4194304",
        "content-type": "image/jpeg",
        "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    },
)
_IN_PARTS = responses.UploadTicketBody(
    client_id="walkthrough",
    asset_id=VIDEO_ID,
    object_key=f"{LISTING_ID}/raw/video/horizontal/{BATCH_ID}/{VIDEO_ID}-walkthrough.mp4",
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
                upload_url=f"{STORE}/...?partNumber=2&uploadId=2~upload&{SIGNED}",
                headers={"content-length": "16777216"},
            )
        ],
        arrived=[responses.ArrivedPartBody(part_number=1, etag="9b2cf535f27731c974343645a3985328", bytes=16_777_216)],
    ),
)
TICKETS = responses.UploadTicketsBody(
    listing_id=LISTING_ID,
    batch_id=BATCH_ID,
    batch_reference="shoot-2025-06-24",
    status="PENDING_UPLOAD",
    expires_at=NOW + timedelta(hours=24),
    upload_expires_at=NOW + timedelta(minutes=15),
    files=[_SINGLE, _IN_PARTS],
)
REISSUE = requests.ReissueUploadUrlsBody(
    listing_id=LISTING_ID, batch_id=BATCH_ID, client_ids=["kitchen", "walkthrough"]
)
REISSUED = responses.UploadTicketsBody(
    listing_id=LISTING_ID,
    batch_id=BATCH_ID,
    batch_reference="shoot-2025-06-24",
    status="PENDING_UPLOAD",
    expires_at=NOW + timedelta(hours=24),
    upload_expires_at=NOW + timedelta(minutes=15),
    files=[_IN_PARTS],
    uploaded=["kitchen"],
)
COMPLETION = requests.CompleteUploadBatchBody(
    listing_id=LISTING_ID,
    batch_id=BATCH_ID,
    files=[
        requests.UploadedFileBody(client_id="kitchen", etag="5d41402abc4b2a76b9719d911017c592"),
        requests.UploadedFileBody(
            client_id="walkthrough",
            etag="",
            parts=[requests.UploadedPartBody(part_number=1, etag="9b2cf535f27731c974343645a3985328")],
        ),
    ],
)
RECEIVED = responses.StartedJobBody(job_id=JOB_ID, status="RECEIVED", estimated_duration_seconds=12)
