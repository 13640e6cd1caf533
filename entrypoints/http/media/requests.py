"""Bodies and parameters of requests. What the domain judges (lengths, types, checksums) is plain text here."""

from enum import StrEnum
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import DEFAULT_FOLDER
from entrypoints.http.reading.page_parameters import PAGE, Cursor, Limit
from entrypoints.reading.structure import RULE

_LARGEST_BIGINT = 2**63 - 1
"""Far from any limit, and yet no number that Python would refuse to write out in an answer."""

_MimeType: TypeAlias = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[^/\s]+/[^/\s]+$",
        description="Such as `image/png`; case does not matter.",
        extra={RULE: "a MIME type, such as image/png"},
    ),
]
_Search: TypeAlias = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"[^\W_]",
        description="Words; each begins a word of the name.",
        extra={RULE: "letters and digits are what is searched for; this has none"},
    ),
]


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class PresignUploadBody(_Body):
    """A file that the client is going to put into the store."""

    filename: Annotated[str, Meta(description="1 to 255 characters: how people know it.")]
    file_type: Annotated[str, Meta(description="Its MIME type; the bytes must prove it.")]
    bytes: Annotated[int, Meta(le=_LARGEST_BIGINT)]
    checksum: Annotated[str, Meta(description="SHA-256 as `sha256:<hex>`, hex or base64.")]
    kind: Annotated[
        str, Meta(description="What it is for: product, ads, pdf, license_doc, coa, manifest, user, store, other.")
    ]
    folder: Annotated[str, Meta(description="1 to 100 characters.")] = DEFAULT_FOLDER


class UpdateMediaBody(_Body):
    """What is left out stays as it is; null clears."""

    alt_text: Annotated[str, Meta(description="At most 500 characters.")] | UnsetType | None = UNSET
    description: Annotated[str, Meta(description="At most 10,000 characters.")] | UnsetType | None = UNSET
    folder: Annotated[str, Meta(description="1 to 100 characters.")] | UnsetType = UNSET
    original_name: Annotated[str, Meta(description="1 to 255 characters.")] | UnsetType = UNSET


class ShownStatus(StrEnum):
    """Of what the library shows."""

    PENDING = "PENDING"
    UPLOADED = "UPLOADED"
    READY = "READY"
    FAILED = "FAILED"


class LibraryParameters(_Body):
    kind: MediaKind | None = None
    media_type: ContentClass | None = None
    folder: Annotated[str, Meta(min_length=1, max_length=100, description="This very folder.")] | None = None
    mime: _MimeType | None = None
    status: ShownStatus | None = None
    uploader: Annotated[UUID, Meta(description="The user who brought it.")] | None = None
    unused: Annotated[bool, Meta(description="Only what no entity uses.")] = False
    search: _Search | None = None
    cursor: Cursor | None = None
    limit: Limit = PAGE


class UsagesParameters(_Body):
    cursor: Annotated[str, Meta(max_length=400, description="`nextCursor` of the page before.")] | None = None
    limit: Limit = PAGE


class DeletionParameters(_Body):
    dry_run: Annotated[bool, Meta(description="Only say what would happen.")] = False
