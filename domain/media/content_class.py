"""What a file is to people, by its MIME type."""

from collections.abc import Mapping
from enum import StrEnum


class ContentClass(StrEnum):
    """Decides the size limit, who derives what, and the library's filter `mediaType`."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"


SVG = "image/svg+xml"
"""An image to people, a program to browsers: it is never decoded and never shown inline."""
UNPROVED = "application/octet-stream"
"""What a file is whose bytes prove nothing, whatever its name or its sender say."""

_CLASSES: Mapping[str, ContentClass] = {
    **dict.fromkeys(
        ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/heif"),
        ContentClass.IMAGE,
    ),
    **dict.fromkeys(("video/mp4", "video/quicktime", "video/webm", "video/x-matroska"), ContentClass.VIDEO),
    "application/pdf": ContentClass.DOCUMENT,
    **dict.fromkeys((SVG, "image/heic-sequence", "audio/mp4"), ContentClass.OTHER),
}
PROVABLE = frozenset(_CLASSES)
"""Types that a file has by its bytes, and not because somebody says so."""


def class_of(mime_type: str) -> ContentClass:
    """OTHER for all that cannot be proved."""
    return _CLASSES.get(mime_type, ContentClass.OTHER)


def is_inline(mime_type: str) -> bool:
    """False for what browsers must not show: it is handed out as a download alone."""
    return class_of(mime_type) is not ContentClass.OTHER


def served_as(mime_type: str) -> str:
    """The content type of its object in the store."""
    return mime_type if is_inline(mime_type) else UNPROVED
