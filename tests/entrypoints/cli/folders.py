"""Folders of media, made on the spot."""

import io
import os
from pathlib import Path

from PIL import Image

from tests import media


def folder_of(path: Path, **files: bytes) -> Path:
    """`front_jpg=...` becomes `front.jpg`."""
    path.mkdir(parents=True)
    for name, data in files.items():
        (path / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return path


def house(path: Path) -> Path:
    """Two photos and a video."""
    return folder_of(
        path, front_jpg=media.jpeg(640, 480), tower_jpg=media.jpeg(480, 640, orientation=6), walk_mp4=media.video()
    )


def large_png(pixels: int = 2600) -> bytes:
    """Noise that does not compress: three bytes a pixel of its square."""
    target = io.BytesIO()
    Image.frombytes("RGB", (pixels, pixels), os.urandom(3 * pixels * pixels)).save(target, "PNG", compress_level=0)
    return target.getvalue()
