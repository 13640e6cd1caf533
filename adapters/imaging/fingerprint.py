"""What a client paints before the picture arrives."""

import base64
from collections import Counter

import fast_thumbhash
import pyvips

_THUMBHASH_SIDE = 100
_PALETTE_SIDE = 32
_COARSE = 0xE0
"""Colours are counted by their three highest bits: 512 kinds."""


def thumbhash(picture: pyvips.Image) -> str:
    """Base64. `picture` is sRGB, 8 bits, 3 bands."""
    small = picture.thumbnail_image(_THUMBHASH_SIDE, height=_THUMBHASH_SIDE, size="down").bandjoin(255)
    digest = fast_thumbhash.rgba_to_thumb_hash(small.width, small.height, bytes(small.write_to_memory()))
    return base64.b64encode(bytes(digest)).decode()


def dominant_color(picture: pyvips.Image) -> str:
    """The mean of the most frequent kind of colour, as `#rrggbb`."""
    pixels = bytes(picture.thumbnail_image(_PALETTE_SIDE, height=_PALETTE_SIDE, size="down").write_to_memory())
    colors = list(zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True))
    kinds = Counter((red & _COARSE, green & _COARSE, blue & _COARSE) for red, green, blue in colors)
    commonest = kinds.most_common(1)[0][0]
    members = [color for color in colors if tuple(channel & _COARSE for channel in color) == commonest]
    mean = (round(sum(channel) / len(members)) for channel in zip(*members, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mean)
