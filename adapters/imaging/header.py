"""Runs in a child process: opens one picture, and decodes nothing of it."""

from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pyvips

from adapters.imaging.cut_headers import may_go_on
from adapters.imaging.loaders import require_pixels, upright_size
from domain.assets.failure import FailureCode, MediaRejected

pyvips.cache_set_max(0)  # libvips caches by file name, and a name may be used again
pyvips.block_untrusted_set(True)  # noqa: FBT003 - the binding's signature

_LOADERS: dict[str, tuple[str, Callable[[str], pyvips.Image]]] = {
    "image/jpeg": ("jpeg", pyvips.Image.jpegload),
    "image/png": ("png", pyvips.Image.pngload),
    "image/webp": ("webp", pyvips.Image.webpload),
    "image/gif": ("gif", pyvips.Image.gifload),
    "image/avif": ("avif", pyvips.Image.heifload),
}


def read_header(*, source: str, content_type: str, pixel_limit: int, is_whole: bool) -> dict[str, object]:
    """`source` is the file, or as much of its start as is there. Answers `{width, height, codec}`, or `{}` when that is
    too little to tell.

    Raises MediaRejected, MemoryError, and whatever a decoder raises on bytes that it cannot read.
    """
    try:
        return _open(source, content_type, pixel_limit)
    except MemoryError:
        raise
    except Exception as error:
        rejected_otherwise = isinstance(error, MediaRejected) and error.failure.code is not FailureCode.UNREADABLE_MEDIA
        if is_whole or rejected_otherwise or not may_go_on(Path(source).read_bytes(), content_type):
            raise
        return {}


def _open(source: str, content_type: str, pixel_limit: int) -> dict[str, object]:
    if content_type in ("image/heic", "image/heif"):
        width, height = pillow_heif.open_heif(source).size
        require_pixels(width, height, pixel_limit)
        return {"width": width, "height": height, "codec": "hevc"}
    codec, load = _LOADERS[content_type]
    try:
        width, height = upright_size(load(source), pixel_limit)
    except pyvips.Error as error:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "No decoder can open this picture.") from error
    return {"width": width, "height": height, "codec": codec}
