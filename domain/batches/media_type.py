"""What a client may upload for a listing."""

from enum import StrEnum


class Orientation(StrEnum):
    VERTICAL = "VERTICAL"
    HORIZONTAL = "HORIZONTAL"


class MediaCategory(StrEnum):
    """Decides size limits, accepted content types, and which topic the work travels on."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"
    RENDER = "render"


class MediaType(StrEnum):
    PHOTO_VERTICAL = "PHOTO_VERTICAL"
    PHOTO_HORIZONTAL = "PHOTO_HORIZONTAL"
    VIDEO_VERTICAL = "VIDEO_VERTICAL"
    VIDEO_HORIZONTAL = "VIDEO_HORIZONTAL"
    PROJECT_DOC = "PROJECT_DOC"
    PROJECT_RENDER = "PROJECT_RENDER"

    @property
    def category(self) -> MediaCategory:
        return _CATEGORIES[self]

    @property
    def orientation(self) -> Orientation | None:
        """What the type itself says; None where it says nothing."""
        return _ORIENTATIONS.get(self)

    @property
    def is_project(self) -> bool:
        return self in {MediaType.PROJECT_DOC, MediaType.PROJECT_RENDER}

    @property
    def path(self) -> str:
        """Its folder in object keys, such as `photo/vertical`."""
        return self.lower().replace("_", "/")


_CATEGORIES = {
    MediaType.PHOTO_VERTICAL: MediaCategory.PHOTO,
    MediaType.PHOTO_HORIZONTAL: MediaCategory.PHOTO,
    MediaType.VIDEO_VERTICAL: MediaCategory.VIDEO,
    MediaType.VIDEO_HORIZONTAL: MediaCategory.VIDEO,
    MediaType.PROJECT_DOC: MediaCategory.DOCUMENT,
    MediaType.PROJECT_RENDER: MediaCategory.RENDER,
}
_ORIENTATIONS = {
    MediaType.PHOTO_VERTICAL: Orientation.VERTICAL,
    MediaType.PHOTO_HORIZONTAL: Orientation.HORIZONTAL,
    MediaType.VIDEO_VERTICAL: Orientation.VERTICAL,
    MediaType.VIDEO_HORIZONTAL: Orientation.HORIZONTAL,
}

IMAGE_CONTENT_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/avif"})
CONTENT_TYPES: dict[MediaCategory, frozenset[str]] = {
    MediaCategory.PHOTO: IMAGE_CONTENT_TYPES,
    MediaCategory.VIDEO: frozenset({"video/mp4", "video/quicktime"}),
    MediaCategory.DOCUMENT: IMAGE_CONTENT_TYPES | {"application/pdf"},
    MediaCategory.RENDER: IMAGE_CONTENT_TYPES,
}
EXTENSIONS: dict[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "application/vnd.apple.mpegurl": "m3u8",
}
