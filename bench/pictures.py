"""Photos of 12 megapixels: gradients, shapes and sensor noise, some 4 MB each, no two alike."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyvips

_WIDTH, _HEIGHT = 4032, 3024
_TILE = 1024
_QUALITY = 90


def write_photos(folder: Path, number: int) -> Iterator[Path]:
    """Write the photos one by one."""
    for index in range(number):
        path = folder / f"photo-{index:02d}.jpg"
        _photo(index).jpegsave(str(path), Q=_QUALITY)
        yield path


def write_avif(path: Path) -> Path:
    """One of the photos in AVIF, some 2 MB: it takes a decoder many times what a JPEG does, as the HEIC of phones."""
    _photo(0).heifsave(str(path), Q=60, compression="av1", effort=0)
    return path


def _photo(seed: int) -> pyvips.Image:
    chance = random.Random(seed)
    across = pyvips.Image.xyz(_WIDTH, _HEIGHT)
    light = across[0] * (90 / _WIDTH) + across[1] * (60 / _HEIGHT)
    clouds = _tiled(pyvips.Image.perlin(_TILE, _TILE, cell_size=chance.randrange(100, 300), seed=seed)) * 60
    detail = _tiled(pyvips.Image.worley(_TILE, _TILE, cell_size=chance.randrange(40, 120), seed=seed)) * 0.7
    noise = _tiled(pyvips.Image.gaussnoise(_TILE, _TILE, sigma=chance.uniform(6, 9), mean=0, seed=seed))
    bands = [
        light + clouds * chance.uniform(0.5, 1) + detail * chance.uniform(0.3, 1) + noise * chance.uniform(0.8, 1.2)
        for _ in range(3)
    ]
    return (bands[0].bandjoin(bands[1:]) + chance.randrange(20, 80)).cast("uchar").copy(interpretation="srgb")


def _tiled(tile: pyvips.Image) -> pyvips.Image:
    """Made small, kept in memory and repeated: the codec cannot tell, and it takes a tenth of the time."""
    return tile.copy_memory().replicate(-(-_WIDTH // _TILE), -(-_HEIGHT // _TILE)).crop(0, 0, _WIDTH, _HEIGHT)
