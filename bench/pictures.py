"""Photos of 12 megapixels: gradients, shapes and sensor noise, some 4 MB each, no two alike; one of 24 beside them."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyvips

_WIDTH, _HEIGHT = 4032, 3024
_LARGE_WIDTH, _LARGE_HEIGHT = 5712, 4284
_TILE = 1024
_QUALITY = 90


def write_photos(folder: Path, number: int) -> Iterator[Path]:
    """Write the photos one by one."""
    for index in range(number):
        path = folder / f"photo-{index:02d}.jpg"
        _photo(index, _WIDTH, _HEIGHT).jpegsave(str(path), Q=_QUALITY)
        yield path


def write_avif(path: Path) -> Path:
    """One of 24 megapixels in AVIF, some 2.3 MB: as the HEIC of phones, it takes many times what a JPEG takes."""
    _photo(0, _LARGE_WIDTH, _LARGE_HEIGHT).heifsave(str(path), Q=60, compression="av1", effort=0)
    return path


def _photo(seed: int, width: int, height: int) -> pyvips.Image:
    chance = random.Random(seed)

    def tiled(tile: pyvips.Image) -> pyvips.Image:
        """Made small, kept in memory and repeated: the codec cannot tell, and it takes a tenth of the time."""
        return tile.copy_memory().replicate(-(-width // _TILE), -(-height // _TILE)).crop(0, 0, width, height)

    across = pyvips.Image.xyz(width, height)
    light = across[0] * (90 / width) + across[1] * (60 / height)
    clouds = tiled(pyvips.Image.perlin(_TILE, _TILE, cell_size=chance.randrange(100, 300), seed=seed)) * 60
    detail = tiled(pyvips.Image.worley(_TILE, _TILE, cell_size=chance.randrange(40, 120), seed=seed)) * 0.7
    noise = tiled(pyvips.Image.gaussnoise(_TILE, _TILE, sigma=chance.uniform(6, 9), mean=0, seed=seed))
    bands = [
        light + clouds * chance.uniform(0.5, 1) + detail * chance.uniform(0.3, 1) + noise * chance.uniform(0.8, 1.2)
        for _ in range(3)
    ]
    return (bands[0].bandjoin(bands[1:]) + chance.randrange(20, 80)).cast("uchar").copy(interpretation="srgb")
