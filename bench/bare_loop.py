"""The floor for photos: libvips in one process a core, files from the page cache, results to memory."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Self

from adapters.sandbox.confinement import Limits
from domain.assets.rendition import IMAGE_WIDTHS

_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Photos a second on all cores, and CPU seconds a photo."""

    rate: float
    cpu: float


class BareLoop:
    """Its processes are started once and warmed up."""

    def __init__(self, photos: Sequence[Path]) -> None:
        self._photos = photos
        self._into = TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None, prefix="vitrine-bench-")
        self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=prepare)

    def __enter__(self) -> Self:
        self.derive(2 * (os.cpu_count() or 1))
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        self._into.cleanup()

    def derive(self, number: int) -> Pace:
        """The recipe that the decoders run."""
        return self._rate(_derive, number)

    def thumbnail(self, number: int) -> Pace:
        """One `thumbnail` a size, as most programs do it."""
        return self._rate(_thumbnail, number)

    def _rate(self, work: Callable[[str, str], float], number: int) -> Pace:
        sources = [str(self._photos[index % len(self._photos)]) for index in range(number)]
        started = perf_counter()
        cpu = sum(self._pool.map(work, sources, [self._into.name] * number))
        return Pace(rate=number / (perf_counter() - started), cpu=cpu / number)


def prepare() -> None:
    """As the decoder processes are prepared, before libvips is loaded."""
    os.environ.update({"VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"})
    os.nice(Limits().nice)
    import adapters.imaging.decode  # noqa: F401, PLC0415


def _derive(source: str, into: str) -> float:
    from adapters.imaging.decode import derive_images  # noqa: PLC0415

    started = process_time()
    with _folder(into) as folder:
        derive_images(source=source, content_type="image/jpeg", into=folder, pixel_limit=200_000_000)
    return process_time() - started


def _thumbnail(source: str, into: str) -> float:
    import pyvips  # noqa: PLC0415

    started = process_time()
    with _folder(into) as folder:
        for name, width in IMAGE_WIDTHS.items():
            sized = pyvips.Image.thumbnail(source, width, size="down")
            sized.jpegsave(f"{folder}/{name}.jpg", Q=85, interlace=True, keep="none")
    return process_time() - started


def _folder(into: str) -> "TemporaryDirectory[str]":
    return TemporaryDirectory(dir=into)
