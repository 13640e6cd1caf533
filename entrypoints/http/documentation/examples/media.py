from datetime import timedelta

from entrypoints.http.documentation.examples.cast import (
    CHECKSUM,
    MEDIA_ID,
    NOW,
    OWNER_ID,
    SIGNED,
    STORE,
    STORE_ID,
)
from entrypoints.http.media import requests, responses

_STAGED = f"staging/{STORE_ID}/{MEDIA_ID}"
FORM = {
    "kind": "product",
    "folder": "spring",
    "altText": "A green bottle with a cork",
    "file": "(the bytes of bottle.jpg)",
}
PRESIGN = requests.PresignUploadBody(
    filename="bottle.jpg",
    file_type="image/jpeg",
    bytes=4_194_304,
    checksum=CHECKSUM,
    kind="product",
    folder="spring",
)
PRESIGNED = responses.PresignedUploadBody(
    media_id=MEDIA_ID,
    upload_url=f"{STORE}/{_STAGED}?{SIGNED}",
    method="PUT",
    headers={
        "content-length": "4194304",
        "content-type": "image/jpeg",
        "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    },
    key=_STAGED,
    expires_at=NOW + timedelta(minutes=15),
)
UPLOADED = responses.MediaBody(
    media_id=MEDIA_ID,
    kind="product",
    status="UPLOADED",
    media_type="image",
    mime_type="image/jpeg",
    original_name="bottle.jpg",
    bytes=4_194_304,
    checksum=CHECKSUM,
    folder="spring",
    alt_text="A green bottle with a cork",
    description="Photographed in spring",
    uploaded_by=OWNER_ID,
    usage_count=0,
    metadata=responses.MediaFactsBody(width=4000, height=3000, codec="jpeg"),
    created_at=NOW,
    updated_at=NOW + timedelta(seconds=1),
)
