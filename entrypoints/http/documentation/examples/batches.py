from datetime import timedelta

from entrypoints.http.documentation.examples.cast import (
    BATCH_ID,
    JOB_ID,
    LISTING_ID,
    NOW,
    PHOTO_ID,
    VIDEO_ID,
)
from entrypoints.http.listing_media import requests, responses

BATCH = requests.BatchBody(listing_id=LISTING_ID, batch_id=BATCH_ID)
_SUMMARY = responses.BatchSummaryBody(
    batch_id=BATCH_ID,
    listing_id=LISTING_ID,
    batch_reference="shoot-2025-06-24",
    status="FAILED",
    file_count=2,
    total_bytes=88_080_384,
    created_at=NOW,
    expires_at=NOW + timedelta(hours=24),
    received_at=NOW + timedelta(minutes=4),
    settled_at=NOW + timedelta(minutes=5),
    failure_code="UNREADABLE_MEDIA",
)
STATUS = responses.BatchStatusBody(
    batch=_SUMMARY,
    processing=responses.ProcessingBody(
        job_id=JOB_ID,
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
        created_at=NOW + timedelta(minutes=4),
        started_at=NOW + timedelta(minutes=4, seconds=1),
        finished_at=NOW + timedelta(minutes=5),
        error_code="UNREADABLE_MEDIA",
    ),
    assets=[
        responses.AssetStatusBody(
            asset_id=PHOTO_ID,
            client_id="kitchen",
            media_type="PHOTO_HORIZONTAL",
            filename="kitchen.jpg",
            title="Kitchen",
            sequence=1,
            bytes=4_194_304,
            status="PROCESSED",
            arrived_at=NOW + timedelta(minutes=3),
        ),
        responses.AssetStatusBody(
            asset_id=VIDEO_ID,
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
RETRIED = responses.StartedJobBody(job_id=JOB_ID, status="PROCESSING")
