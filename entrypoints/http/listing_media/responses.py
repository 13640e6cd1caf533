"""Bodies of answers. Optional fields are left out when there is nothing to say, unless their type allows null."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta


class _Answer(msgspec.Struct, rename="camel", omit_defaults=True):
    pass


class PartTicketBody(_Answer):
    part_number: int
    bytes: int
    upload_url: str
    headers: dict[str, str]


class ArrivedPartBody(_Answer):
    part_number: int
    etag: str
    bytes: int


class MultipartTicketBody(_Answer):
    """`parts` are still to be sent; `arrived` lie in the store already."""

    upload_id: str
    part_size: int
    parts: list[PartTicketBody]
    arrived: list[ArrivedPartBody]


class UploadTicketBody(_Answer):
    """Either `uploadUrl` with `headers`, to be sent exactly so, or `multipart`."""

    client_id: str
    asset_id: UUID
    object_key: str
    title: str | None
    sequence: int
    method: Literal["PUT"]
    upload_url: str | None = None
    headers: dict[str, str] | None = None
    multipart: MultipartTicketBody | None = None


class UploadTicketsBody(_Answer):
    """`expiresAt` ends the batch's uploads; `uploadExpiresAt` ends these URLs, null when there are none."""

    listing_id: UUID
    batch_id: UUID
    batch_reference: str
    status: str
    expires_at: datetime
    upload_expires_at: datetime | None
    files: list[UploadTicketBody]
    uploaded: Annotated[
        list[str] | None, Meta(description="Client ids of files that have arrived and need nothing more.")
    ] = None


class StartedJobBody(_Answer):
    job_id: UUID
    status: str
    estimated_duration_seconds: int | None = None


class ErrorBody(_Answer):
    code: str
    detail: str


class BatchSummaryBody(_Answer):
    batch_id: UUID
    listing_id: UUID
    batch_reference: str
    status: str
    file_count: int
    total_bytes: int
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None = None
    settled_at: datetime | None = None
    failure_code: str | None = None


class StepBody(_Answer):
    name: str
    status: str
    done: float
    total: int


class ProcessingBody(_Answer):
    job_id: UUID
    attempt: int
    status: str
    steps: list[StepBody]
    estimated_duration_seconds: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error_code: str | None = None


class AssetStatusBody(_Answer):
    asset_id: UUID
    client_id: str
    media_type: str
    filename: str
    title: str | None
    sequence: int
    bytes: int
    status: str
    arrived_at: Annotated[
        datetime | None, Meta(description="When the store told of the upload, if it tells; `complete` is what counts.")
    ] = None
    error: ErrorBody | None = None


class BatchStatusBody(_Answer):
    """`processing` is that of the latest run, null before the first."""

    batch: BatchSummaryBody
    processing: ProcessingBody | None
    assets: list[AssetStatusBody]
    available_downloads: list[str]


class BatchPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    batches: list[BatchSummaryBody]
    next_cursor: str | None


class DownloadItemBody(_Answer):
    """An item that cannot be served says why in `error`. One whose newer version failed has both."""

    asset_id: UUID
    title: str | None
    sequence: int
    label: str
    url: str | None = None
    preview: str | None = None
    width: int | None = None
    height: int | None = None
    thumbhash: str | None = None
    dominant_color: str | None = None
    duration_seconds: float | None = None
    codec: str | None = None
    pages: int | None = None
    renditions: dict[str, str] | None = None
    mp4: Annotated[dict[str, str] | None, Meta(description="URLs by height: 1080p, 720p.")] = None
    hls: Annotated[str | None, Meta(description="A playlist; it needs no token.")] = None
    error: ErrorBody | None = None


class DownloadBody(_Answer):
    """ZIP_FULL is one file, of the originals; every other type is a media type with its items, by sequence."""

    type: str
    url: str | None = None
    bytes: int | None = None
    extracted_bytes: int | None = None
    expires_at: datetime | None = None
    items: list[DownloadItemBody] | None = None


class DownloadsBody(_Answer):
    batch_id: UUID
    generated_at: datetime
    ttl_seconds: int
    downloads: list[DownloadBody]


class BookingFactsBody(_Answer):
    id: UUID
    photographer_id: UUID
    status: str
    scheduled_at: datetime


class ListingBody(_Answer):
    listing_id: UUID
    owner_id: UUID
    kind: str
    status: str
    bookings: list[BookingFactsBody]
    created_at: datetime
    updated_at: datetime
