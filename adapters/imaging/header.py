"""Runs in a child process: opens one picture, and decodes it only where all of it is there."""

from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pyvips

from adapters.imaging.boxes import require_whole_boxes
from adapters.imaging.cut_headers import may_go_on
from adapters.imaging.loaders import open_picture, require_pixels, upright_size
from domain.assets.failure import FailureCode, MediaRejected

_BOXED = {"image/avif", "image/heic", "image/heif"}
_MOST_DECODED = 50_000_000
"""Pixels. Somebody waits for the answer: the worker sees to what is larger."""

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
    too little to tell. Of a whole file the pixels are looked at too: one that is damaged or incomplete is refused.

    Raises MediaRejected, MemoryError, and whatever a decoder raises on bytes that it cannot read.
    """
    try:
        return _look_at(source, content_type, pixel_limit, is_whole=is_whole)
    except MemoryError:
        raise
    except Exception as error:
        rejected_otherwise = isinstance(error, MediaRejected) and error.failure.code is not FailureCode.UNREADABLE_MEDIA
        if is_whole or rejected_otherwise or not may_go_on(Path(source).read_bytes(), content_type):
            raise
        return {}


def _look_at(source: str, content_type: str, pixel_limit: int, *, is_whole: bool) -> dict[str, object]:
    found = _open(source, content_type, pixel_limit)
    if is_whole:
        _require_sound(source, content_type, pixel_limit)
    return found


def _require_sound(source: str, content_type: str, pixel_limit: int) -> None:
    """As strict as what makes the sizes, and cheaper: nothing is kept, and JPEG is decoded at an eighth of its size.
    AVIF and HEIC would take half a second: of them the boxes tell whether anything is missing.
    """
    if content_type in _BOXED:
        require_whole_boxes(source)
        return
    try:
        open_picture(source, content_type, pixel_limit=min(pixel_limit, _MOST_DECODED), target_width=1).picture.avg()
    except MediaRejected as rejection:
        if rejection.failure.code is not FailureCode.PIXEL_LIMIT_EXCEEDED:
            raise
    except pyvips.Error as error:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The picture is damaged or incomplete.") from error


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
