from datetime import timedelta

from msgspec import structs

from entrypoints.http.documentation.examples.cast import (
    CHECKSUM,
    LICENSE_ID,
    MEDIA_ID,
    NOW,
    PRODUCT_ID,
    SIGNED,
    STORE,
    STORE_ID,
)
from entrypoints.http.documentation.examples.media import UPLOADED
from entrypoints.http.media import requests, responses

_THUMBNAIL = f"{STORE}/{STORE_ID}/media/{MEDIA_ID}/thumbnail.1.jpg?{SIGNED}"
_READY = structs.asdict(
    structs.replace(
        UPLOADED,
        status="READY",
        usage_count=2,
        metadata=responses.MediaFactsBody(
            width=4000, height=3000, thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w", dominant_color="#c8b9a2"
        ),
        updated_at=NOW + timedelta(seconds=9),
    )
)
DETAIL = responses.MediaDetailBody(
    **_READY,
    url=f"{STORE}/{STORE_ID}/cas/{CHECKSUM.removeprefix('sha256:')}?{SIGNED}",
    expires_at=NOW + timedelta(hours=1),
    variants=[
        responses.VariantBody(
            name="thumbnail", url=_THUMBNAIL, content_type="image/jpeg", bytes=6_120, width=200, height=150
        )
    ],
)
PAGE = responses.MediaPageBody(
    media=[responses.ListedMediaBody(**_READY, thumbnail=_THUMBNAIL)], next_cursor="AQGXofA8AHAAgAAAAAAAAAs"
)
CHANGE = requests.UpdateMediaBody(alt_text="A green bottle", folder="autumn")
UPDATED = responses.MediaBody(**{**_READY, "alt_text": "A green bottle", "folder": "autumn"})
_GALLERY = responses.UseBody(entity_type="product_gallery", entity_id=PRODUCT_ID, since=NOW + timedelta(minutes=1))
_LICENSE = responses.UseBody(entity_type="license", entity_id=LICENSE_ID, since=NOW + timedelta(minutes=2))
USAGES = responses.UsagePageBody(
    usages=[
        responses.UsageBody(**structs.asdict(_LICENSE), protected=True),
        responses.UsageBody(**structs.asdict(_GALLERY), protected=False),
    ],
    next_cursor="AgGXofA8AHAAgAAAAAAAAA4Bl6HwPABwAIAAAAAAAAAQcHJvZHVjdF9nYWxsZXJ5",
)
FORECAST = responses.DeletionForecastBody(allowed=True, blockers=[], detached=[_GALLERY])
