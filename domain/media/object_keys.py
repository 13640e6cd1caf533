"""Where the objects of the library lie. Made of our ids and of hashes alone."""

import re
from uuid import UUID

from domain.checksum import Checksum
from domain.ids import MediaId, StoreId

STAGING = "staging/"
"""Below this lies what has not been looked at yet."""

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STAGED = re.compile(rf"staging/{_ID}/({_ID})")
_BLOB = re.compile(rf"({_ID})/cas/([0-9a-f]{{64}})")
_DIRECT = re.compile(rf"{_ID}/blobs/({_ID})")
_RENDITION = re.compile(rf"{_ID}/media/({_ID})/[^/]+")


def staging_key(store_id: StoreId, media_id: MediaId) -> str:
    return f"{STAGING}{store_id}/{media_id}"


def blob_key(store_id: StoreId, checksum: Checksum) -> str:
    """Content-addressed: the same bytes of a store have one key. Of two stores never: that would tell one of them what
    the other has.
    """
    return f"{store_id}/cas/{checksum.hex}"


def direct_key(store_id: StoreId, media_id: MediaId) -> str:
    """Where a direct upload writes bytes whose hash is known only when they have all come. If they are new, the blob
    lies there, and stays there whatever becomes of the media.
    """
    return f"{store_id}/blobs/{media_id}"


def rendition_key(store_id: StoreId, media_id: MediaId, rendition: str, *, fence: str, extension: str) -> str:
    """`fence` keeps the objects of two attempts apart, so that a late one never overwrites a newer one."""
    return f"{renditions_of(store_id, media_id)}{rendition}.{fence}.{extension}"


def renditions_of(store_id: StoreId, media_id: MediaId) -> str:
    """Below this lies whatever was derived of it."""
    return f"{store_id}/media/{media_id}/"


def staged_media(key: str) -> MediaId | None:
    """Whose upload it is; None for the key of anything else."""
    found = _STAGED.fullmatch(key)
    return MediaId(UUID(found[1])) if found else None


def direct_media(key: str) -> MediaId | None:
    """Whose upload has written there; None for the key of anything else."""
    found = _DIRECT.fullmatch(key)
    return MediaId(UUID(found[1])) if found else None


def is_blob(key: str) -> bool:
    """True of keys under which the object of a blob may lie."""
    return blob_in(key) is not None or direct_media(key) is not None


def blob_in(key: str) -> tuple[StoreId, Checksum] | None:
    """The store and the bytes, where a key tells them by their hash; None for any other key."""
    found = _BLOB.fullmatch(key)
    return (StoreId(UUID(found[1])), Checksum(bytes.fromhex(found[2]))) if found else None


def is_rendition(key: str) -> bool:
    return _RENDITION.fullmatch(key) is not None


def media_of_rendition(key: str) -> MediaId | None:
    """Whose rendition it is; None for the key of anything else."""
    found = _RENDITION.fullmatch(key)
    return MediaId(UUID(found[1])) if found else None
