from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.batches.media_type import MediaCategory

MIB = 1024 * 1024
GIB = 1024 * MIB


def _default_sizes() -> dict[MediaCategory, int]:
    return {
        MediaCategory.PHOTO: 64 * MIB,
        MediaCategory.RENDER: 64 * MIB,
        MediaCategory.DOCUMENT: 256 * MIB,
        MediaCategory.VIDEO: 10 * GIB,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """What a batch may hold and how long things live. Sizes in bytes."""

    max_files: int = 200
    max_bytes: Mapping[MediaCategory, int] = field(default_factory=_default_sizes)
    max_batch_bytes: int = 50 * GIB
    multipart_above: int = 64 * MIB
    """A larger file is uploaded in parts."""
    part_size: int = 16 * MIB
    upload_url_lifetime: timedelta = timedelta(minutes=15)
    download_url_lifetime: timedelta = timedelta(minutes=60)
    upload_window: timedelta = timedelta(hours=24)
    """A batch that has not been completed by then fails with UPLOAD_EXPIRED."""
