"""Where objects lie.

Built from our ids alone; the client's file name is a decoration that is made harmless.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from domain.batches.media_type import EXTENSIONS, MediaType
from domain.ids import AssetId, BatchId, ListingId


class ObjectKind(StrEnum):
    """What an object is to its batch."""

    ORIGINAL = "original"
    RENDITION = "rendition"
    ARCHIVE = "archive"


_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ORDINARY = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?")
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OURS = re.compile(rf"{_ID}/(raw|processed)/(?:[^/]+/)*({_ID})[-.][^/]*")
_NAME_LENGTH = 80
_EXTENSION_LENGTH = 10


def safe_name(filename: str) -> str:
    """ASCII letters, digits, dot, dash and underscore; no path, no leading dot, at most 80 characters."""
    base = filename.replace("\\", "/").rpartition("/")[2]
    if _ORDINARY.fullmatch(base):
        return base
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > _EXTENSION_LENGTH:
        stem, extension = base, ""
    ending = _safe(extension)
    name = _safe(stem)[: _NAME_LENGTH - _EXTENSION_LENGTH - 1].rstrip("-.") or "file"
    return f"{name}.{ending}" if ending else name


def _safe(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", ascii_only).strip("-.")


def original_key(
    listing_id: ListingId, media_type: MediaType, batch_id: BatchId, asset_id: AssetId, filename: str
) -> str:
    return f"{_raw_folder(listing_id, media_type, batch_id)}/{asset_id}-{safe_name(filename)}"


@lru_cache(maxsize=64)  # one for all files of a batch
def _raw_folder(listing_id: ListingId, media_type: MediaType, batch_id: BatchId) -> str:
    return f"{listing_id}/raw/{media_type.path}/{batch_id}"


def rendition_key(
    listing_id: ListingId,
    media_type: MediaType,
    rendition: str,
    asset_id: AssetId,
    *,
    attempt: str,
    content_type: str,
) -> str:
    """`attempt` keeps the objects of two runs apart, so that a late one never overwrites a newer one."""
    extension = EXTENSIONS[content_type]
    return f"{listing_id}/processed/{media_type.path}/{rendition}/{asset_id}.{attempt}.{extension}"


def archive_key(listing_id: ListingId, batch_id: BatchId, attempt: str) -> str:
    return f"{listing_id}/processed/zip/{batch_id}.{attempt}.zip"


def processed_prefix(listing_id: ListingId) -> str:
    """An external pipeline may write below this and nowhere else."""
    return f"{listing_id}/processed/"


def is_ours(key: str) -> bool:
    """True for what looks like the key of an object of listing media."""
    return _OURS.fullmatch(key) is not None


def is_original(key: str) -> bool:
    """True for what looks like the key of an original."""
    found = _OURS.fullmatch(key)
    return found is not None and found[1] == "raw"


def owner_in(key: str) -> UUID | None:
    """The asset or batch that the object would be of: the last part of a key of ours begins with its id. None for a
    key of anybody else. An external pipeline's objects are recognized if it names them in the same way.
    """
    found = _OURS.fullmatch(key)
    return UUID(found[2]) if found else None
