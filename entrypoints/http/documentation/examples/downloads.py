from datetime import timedelta

from entrypoints.http.documentation.examples.cast import (
    BATCH_ID,
    LISTING_ID,
    NOW,
    PHOTO_ID,
    PROCESSED,
    RAW,
    SIGNED,
    STORE,
    VIDEO_ID,
)
from entrypoints.http.listing_media import requests, responses

DOWNLOADS_QUERY = requests.QueryDownloadsBody(listing_id=LISTING_ID, batch_id=BATCH_ID)
DOWNLOADS = responses.DownloadsBody(
    batch_id=BATCH_ID,
    generated_at=NOW,
    ttl_seconds=3600,
    downloads=[
        responses.DownloadBody(
            type="ZIP_FULL",
            url=f"{STORE}/{LISTING_ID}/processed/zip/{BATCH_ID}.1-1.zip?{SIGNED}",
            bytes=88_081_010,
            extracted_bytes=88_080_384,
            expires_at=NOW + timedelta(hours=1),
        ),
        responses.DownloadBody(
            type="PHOTO_HORIZONTAL",
            items=[
                responses.DownloadItemBody(
                    asset_id=PHOTO_ID,
                    title="Kitchen",
                    sequence=1,
                    label="Kitchen",
                    url=f"{STORE}/{RAW}?{SIGNED}",
                    preview=f"{STORE}/{PROCESSED}/medium/{PHOTO_ID}.1-1.jpg?{SIGNED}",
                    width=4000,
                    height=3000,
                    thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
                    dominant_color="#c8b9a2",
                    renditions={
                        name: f"{STORE}/{PROCESSED}/{name}/{PHOTO_ID}.1-1.jpg?{SIGNED}"
                        for name in ("thumbnail", "small", "medium", "large")
                    }
                    | {"original": f"{STORE}/{RAW}?{SIGNED}"},
                )
            ],
        ),
        responses.DownloadBody(
            type="VIDEO_HORIZONTAL",
            items=[
                responses.DownloadItemBody(
                    asset_id=VIDEO_ID,
                    title="Walkthrough",
                    sequence=1,
                    label="Walkthrough",
                    error=responses.ErrorBody(code="UNREADABLE_MEDIA", detail="no video stream was found"),
                )
            ],
        ),
    ],
)
