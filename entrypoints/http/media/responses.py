"""Bodies of answers. Optional fields are left out when there is nothing to say, unless their type allows null."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from entrypoints.http.listing_media.responses import ErrorBody


class _Answer(msgspec.Struct, rename="camel", omit_defaults=True):
    pass


class MediaFactsBody(_Answer):
    """What a look into the file has found. Of the upright picture; `thumbhash` is base64."""

    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    codec: str | None = None
    pages: int | None = None
    thumbhash: str | None = None
    dominant_color: str | None = None


class MediaBody(_Answer, kw_only=True):
    """One file of the library. `mimeType` and `bytes` are as announced while it is PENDING, then as proved."""

    media_id: UUID
    kind: str
    status: str
    media_type: Annotated[str, Meta(description="image, video, document or other.")]
    mime_type: str
    original_name: str
    bytes: int
    checksum: Annotated[str | None, Meta(description="`sha256:<hex>`.")] = None
    folder: str
    alt_text: str | None
    description: str | None
    uploaded_by: Annotated[UUID, Meta(description="The user who brought it.")]
    usage_count: Annotated[int, Meta(description="How many entities use it.")]
    metadata: Annotated[MediaFactsBody | None, Meta(description="Null until somebody has looked into it.")]
    error: ErrorBody | None = None
    quarantined_at: Annotated[
        datetime | None, Meta(description="Its bytes have vanished from the store: it cannot be used.")
    ] = None
    created_at: datetime
    updated_at: datetime
