"""What a file is to people, by its MIME type."""

from enum import StrEnum


class ContentClass(StrEnum):
    """Decides the size limit, who derives what, and the library's filter `mediaType`."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"


SVG = "image/svg+xml"
"""An image to people, a program to browsers: it is never decoded and never shown inline."""

_DOCUMENTS = frozenset({"application/pdf"})


def class_of(mime_type: str) -> ContentClass:
    if mime_type in _DOCUMENTS:
        return ContentClass.DOCUMENT
    family = mime_type.partition("/")[0]
    if family == "image" and mime_type != SVG:
        return ContentClass.IMAGE
    return ContentClass.VIDEO if family == "video" else ContentClass.OTHER
