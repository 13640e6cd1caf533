"""What a file is for: decides what may be in it and who may see it. One table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.media.content_class import ContentClass, class_of

MIB = 1024 * 1024


class MediaKind(StrEnum):
    PRODUCT = "product"
    ADS = "ads"
    PDF = "pdf"
    LICENSE_DOC = "license_doc"
    COA = "coa"
    MANIFEST = "manifest"
    USER = "user"
    STORE = "store"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPolicy:
    """`mime_types` is None where every type is taken. A `confidential` file is shown to its uploader and to those who
    run the store, and no event carries its address.
    """

    mime_types: frozenset[str] | None
    confidential: bool = False

    def allows(self, mime_type: str) -> bool:
        return self.mime_types is None or mime_type in self.mime_types


WEB_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
IMAGES = WEB_IMAGES | {"image/avif", "image/heic", "image/heif"}
"""All that are made of pixels: an SVG is none."""
SHOWPIECES = WEB_IMAGES | {"video/mp4", "video/webm"}
"""Pictures and clips of what is sold."""
PDF = frozenset({"application/pdf"})
DOCUMENTS = PDF | IMAGES
"""Papers, printed or photographed."""

POLICIES: Mapping[MediaKind, KindPolicy] = {
    MediaKind.PRODUCT: KindPolicy(mime_types=SHOWPIECES),
    MediaKind.ADS: KindPolicy(mime_types=SHOWPIECES),
    MediaKind.PDF: KindPolicy(mime_types=PDF),
    MediaKind.LICENSE_DOC: KindPolicy(mime_types=DOCUMENTS, confidential=True),
    MediaKind.COA: KindPolicy(mime_types=PDF, confidential=True),
    MediaKind.MANIFEST: KindPolicy(mime_types=PDF, confidential=True),
    MediaKind.USER: KindPolicy(mime_types=IMAGES),
    MediaKind.STORE: KindPolicy(mime_types=IMAGES),
    MediaKind.OTHER: KindPolicy(mime_types=None),
}


def _default_sizes() -> Mapping[ContentClass, int]:
    return {
        ContentClass.IMAGE: 20 * MIB,
        ContentClass.DOCUMENT: 20 * MIB,
        ContentClass.OTHER: 20 * MIB,
        ContentClass.VIDEO: 200 * MIB,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimits:
    """In bytes, by content class."""

    by_class: Mapping[ContentClass, int]

    @classmethod
    def default(cls) -> "SizeLimits":
        return cls(by_class=_default_sizes())

    def of(self, mime_type: str) -> int:
        return self.by_class[class_of(mime_type)]
