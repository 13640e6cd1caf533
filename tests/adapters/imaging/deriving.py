"""Derives from bytes, and looks at what came out."""

import itertools
from pathlib import Path

from PIL import Image

from application.ports.decoding import Derivatives, MediaProcessor
from tests.media import CORNERS

_numbers = itertools.count()


async def derive(processor: MediaProcessor, data: bytes, content_type: str, folder: Path) -> Derivatives:
    source = folder / f"original-{next(_numbers)}"
    source.write_bytes(data)
    into = folder / f"{source.name}-derived"
    into.mkdir()
    return await processor.derive(source, content_type=content_type, into=into, progress=_ignore)


def corners(path: Path) -> dict[str, tuple[int, ...]]:
    """The colour in the middle of each quarter."""
    with Image.open(path) as image:
        wide, high = image.width // 4, image.height // 4
        places = [(wide, high), (3 * wide, high), (wide, 3 * high), (3 * wide, 3 * high)]
        colors = [image.convert("RGB").getpixel(place) for place in places]
    return {name: tuple(color) for name, color in zip(CORNERS, colors, strict=True)}  # type: ignore[arg-type]


def close(color: tuple[int, ...], other: tuple[int, ...], *, tolerance: int = 24) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(color, other, strict=True))


def is_upright(path: Path) -> bool:
    found = corners(path)
    return all(close(found[name], color) for name, color in CORNERS.items())


async def _ignore(fraction: float) -> None:
    assert 0.0 <= fraction <= 1.0
