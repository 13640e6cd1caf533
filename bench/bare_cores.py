"""The floor for scaling: our recipes in bare processes, each bound to a core. No worker, database, store or broker.

A photo is decoded by the very function that our decoder children call, a video by the very commands that our worker
gives ffmpeg. Files come from the page cache and are shared out one by one, as tasks are.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Self

from adapters.imaging.processor import ImageProcessor
from adapters.sandbox.confinement import Limits, confined
from adapters.video.processor import CONTENT_TYPES, VideoProcessor
from application.ports.decoding import IsolatedRunner, MediaProcessor
from bench.bare_loop import prepare
from domain.assets.failure import MediaRejected

_FFMPEG = Limits(memory=4 << 30, file_size=64 << 30, nice=10)
"""Ten more than the process that starts it, which is as nice as a decoder: together as nice as a worker's."""


class BareCores:
    """A process on each of `cores`; they are started with the first file."""

    def __init__(self, cores: Sequence[int]) -> None:
        context = get_context("spawn")
        free: SimpleQueue[int] = context.SimpleQueue()
        for core in cores:
            free.put(core)
        self._pool = ProcessPoolExecutor(len(cores), mp_context=context, initializer=_bind, initargs=(free,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def rate(self, files: Sequence[Path], content_type: str, number: int) -> float:
        """Files a second."""
        sources = [str(files[index % len(files)]) for index in range(number)]
        started = perf_counter()
        list(self._pool.map(_derive, sources, [content_type] * number))
        return number / (perf_counter() - started)


class _Here(IsolatedRunner):
    """Calls the function in this process, which does nothing else meanwhile."""

    async def run(self, function: str, arguments: dict[str, object], *, timeout: float) -> dict[str, object]:  # noqa: ARG002 - nobody could end it
        module, _, name = function.partition(":")
        answer: dict[str, object] = getattr(import_module(module), name)(**arguments)
        return answer


def _bind(free: "SimpleQueue[int]") -> None:
    os.sched_setaffinity(0, [free.get()])
    prepare()


def _derive(source: str, content_type: str) -> None:
    processor = _processor(content_type)
    with TemporaryDirectory(prefix="vitrine-bench-") as into:
        try:
            asyncio.run(processor.derive(Path(source), content_type=content_type, into=Path(into), progress=_unheard))
        except MediaRejected as rejected:  # it does not come through to another process
            raise RuntimeError(str(rejected.failure)) from None


def _processor(content_type: str) -> MediaProcessor:
    images = ImageProcessor(_Here())
    if content_type in CONTENT_TYPES:
        return VideoProcessor(_Here(), images=images, launcher=confined(_FFMPEG))
    return images


async def _unheard(_: float) -> None:
    """Nobody waits."""
