"""Opens one picture with the one loader that fits its type, after a look at the header.

Left to itself libvips takes whichever loader knows the bytes; naming it leaves none to surprise us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pillow_heif
import pyvips

from adapters.imaging.boxes import require_whole_boxes
from domain.assets.failure import FailureCode, MediaRejected

_SIDEWAYS = range(5, 9)
"""EXIF orientations that swap width and height."""

_BANDS = {"L": 1, "LA": 2, "La": 2, "RGB": 3, "RGBA": 4, "RGBa": 4}

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`picture` decodes as it is read, and may be shrunk already; `width` and `height` are of the upright original."""

    picture: pyvips.Image
    width: int
    height: int
    codec: str


def open_picture(source: str, content_type: str, *, pixel_limit: int, target_width: int) -> Opened:
    """Raises MediaRejected when there are more pixels than allowed, before any is decoded."""
    if content_type == "image/jpeg":
        return _open_jpeg(source, pixel_limit, target_width)
    if content_type in ("image/heic", "image/heif"):
        return _open_heic(source, pixel_limit)
    codec, load = _VIPS_LOADERS[content_type]
    if codec == "avif":
        require_whole_boxes(source)
    picture = load(source, fail_on="truncated", access="sequential")
    width, height = upright_size(picture, pixel_limit)
    return Opened(picture=picture, width=width, height=height, codec=codec)


_VIPS_LOADERS: dict[str, tuple[str, Callable[..., pyvips.Image]]] = {
    "image/png": ("png", pyvips.Image.pngload),
    "image/webp": ("webp", pyvips.Image.webpload),
    "image/gif": ("gif", pyvips.Image.gifload),
    "image/avif": ("avif", pyvips.Image.heifload),
}


def _open_jpeg(source: str, pixel_limit: int, target_width: int) -> Opened:
    """`thumbnail` would shrink in the codec from a ratio of 4 only, and let truncated files pass."""
    width, height = upright_size(pyvips.Image.jpegload(source), pixel_limit)
    shrink = next((factor for factor in (8, 4, 2) if width >= factor * target_width), 1)
    picture = pyvips.Image.jpegload(source, shrink=shrink, fail_on="truncated", access="sequential")
    return Opened(picture=picture, width=width, height=height, codec="jpeg")


def _open_heic(source: str, pixel_limit: int) -> Opened:
    """The container says how the picture is turned, and libheif heeds it: the EXIF orientation is void."""
    require_whole_boxes(source)
    heif: Any = pillow_heif.open_heif(source, convert_hdr_to_8bit=True)
    width, height = heif.size
    require_pixels(width, height, pixel_limit)
    bands = _BANDS[heif.mode]
    picture = pyvips.Image.new_from_memory(heif.data, width, height, bands, "uchar")
    picture = picture.copy(interpretation="b-w" if bands <= len("LA") else "srgb")
    if profile := heif.info.get("icc_profile"):
        picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return Opened(picture=picture, width=width, height=height, codec="hevc")


def upright_size(picture: pyvips.Image, pixel_limit: int) -> tuple[int, int]:
    width, height = picture.width, picture.height
    require_pixels(width, height, pixel_limit)
    sideways = picture.get_typeof("orientation") and picture.get("orientation") in _SIDEWAYS
    return (height, width) if sideways else (width, height)


def require_pixels(width: int, height: int, pixel_limit: int) -> None:
    if width * height > pixel_limit:
        raise MediaRejected(
            FailureCode.PIXEL_LIMIT_EXCEEDED,
            f"The picture has {width} x {height} pixels, more than the {pixel_limit:,} allowed.",
        )
