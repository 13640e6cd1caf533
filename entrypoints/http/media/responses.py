"""Bodies of answers. Optional fields are left out when there is nothing to say, unless their type allows null."""

from datetime import datetime
from typing import Annotated, Literal
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


class PresignedUploadBody(_Answer):
    """One PUT of the announced bytes with exactly these headers; then `complete`."""

    media_id: UUID
    upload_url: str
    method: Literal["PUT"]
    headers: dict[str, str]
    key: Annotated[str, Meta(description="Where the bytes lie until the upload is complete.")]
    expires_at: datetime


class VariantBody(_Answer):
    """Something derived of the file. `hls` is a playlist, and needs no token."""

    name: str
    url: str
    content_type: str
    bytes: int
    width: int | None = None
    height: int | None = None


class MediaDetailBody(MediaBody, kw_only=True):
    """URLs live until `expiresAt`; all are null or missing where the bytes cannot be fetched."""

    url: Annotated[str | None, Meta(description="The original.")]
    expires_at: datetime | None
    variants: list[VariantBody]


class ListedMediaBody(MediaBody, kw_only=True):
    thumbnail: Annotated[str | None, Meta(description="A small picture, where there is one.")]


class MediaPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    media: list[ListedMediaBody]
    next_cursor: str | None


class UsageBody(_Answer):
    """`entityType` names the slot, such as `product_gallery`."""

    entity_type: str
    entity_id: UUID
    since: datetime
    protected: Annotated[bool, Meta(description="It keeps the media from being deleted.")]


class UsagePageBody(_Answer):
    """`nextCursor` is null on the last page."""

    usages: list[UsageBody]
    next_cursor: str | None


class UseBody(_Answer):
    entity_type: str
    entity_id: UUID
    since: datetime


class DeletionForecastBody(_Answer):
    """What DELETE would do: either be refused because of the `blockers`, or end the uses in `detached`."""

    allowed: bool
    blockers: list[UseBody]
    detached: list[UseBody]
