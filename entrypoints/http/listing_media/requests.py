"""Bodies and parameters of requests. What the domain judges (lengths, types, checksums) is plain text here."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.listings.listing import ListingKind, ListingStatus
from entrypoints.http.reading.page_parameters import PAGE, Cursor, Limit
from entrypoints.reading.bookings import BookingBody

_MOST_FILES = 1_000
"""No setting may allow more: it bounds the work that one body can ask for."""
_MOST_PARTS = 10_000
_LARGEST_BIGINT = 2**63 - 1
"""Far from any limit, and yet no number that Python would refuse to write out in an answer."""
_LARGEST_INTEGER = 2**31 - 1


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class AnnouncedFileBody(_Body):
    """A file that the client is going to upload."""

    client_id: Annotated[str, Meta(description="1 to 64 characters, unique in the batch.")]
    media_type: Annotated[str, Meta(description="PHOTO_VERTICAL, VIDEO_HORIZONTAL, PROJECT_DOC...")]
    filename: str
    content_type: Annotated[str, Meta(description="Checked against the bytes once they have arrived.")]
    bytes: Annotated[int, Meta(le=_LARGEST_BIGINT)]
    checksum: Annotated[str, Meta(description="SHA-256 as `sha256:<hex>`, hex or base64.")]
    sequence: Annotated[int, Meta(le=_LARGEST_INTEGER, description="From 1, unique within the media type.")]
    orientation: Annotated[str | None, Meta(description="If given, it agrees with the media type.")] = None
    title: str | None = None


class CreateUploadBatchBody(_Body):
    listing_id: UUID
    batch_reference: Annotated[str, Meta(description="1 to 120 characters: how the client calls this batch.")]
    files: Annotated[list[AnnouncedFileBody], Meta(max_length=_MOST_FILES)]


class ReissueUploadUrlsBody(_Body):
    listing_id: UUID
    batch_id: UUID
    client_ids: Annotated[
        Annotated[list[str], Meta(max_length=_MOST_FILES)] | None, Meta(description="All files when left out.")
    ] = None


class UploadedPartBody(_Body):
    part_number: Annotated[int, Meta(ge=1, le=_MOST_PARTS)]
    etag: str


class UploadedFileBody(_Body):
    """`etag` as the store answered it, left out where the answer was lost; of a file in parts that of each part."""

    client_id: str
    etag: str | None = None
    parts: Annotated[list[UploadedPartBody], Meta(max_length=_MOST_PARTS)] | None = None


class CompleteUploadBatchBody(_Body):
    listing_id: UUID
    batch_id: UUID
    files: Annotated[list[UploadedFileBody], Meta(max_length=_MOST_FILES)]
    drop_missing: Annotated[bool, Meta(description="Leave out what was announced and never uploaded.")] = False


class BatchBody(_Body):
    """Names one batch."""

    listing_id: UUID
    batch_id: UUID


class QueryDownloadsBody(_Body):
    listing_id: UUID
    batch_id: Annotated[UUID | None, Meta(description="The newest READY batch when left out.")] = None
    renditions: Annotated[
        Annotated[list[str], Meta(max_length=50)] | None, Meta(description="Sign these alone; all when left out.")
    ] = None


class ListBatchesParameters(_Body):
    listing_id: UUID
    cursor: Cursor | None = None
    limit: Limit = PAGE


class UpsertListingBody(_Body):
    owner_id: UUID
    kind: ListingKind
    status: ListingStatus
    bookings: Annotated[list[BookingBody], Meta(max_length=_MOST_FILES)]
