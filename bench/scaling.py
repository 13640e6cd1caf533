"""Two workers against one, over Kafka: what a second core with a second worker on it brings.

Every worker is bound to a core of its own with all that it starts: so one worker has one core, and two have two. It has
one decoder, and one place more, to fetch a photo while another is decoded. PostgreSQL, the store, Kafka, relay and this
program are bound to none: they take what they need of either core.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.broker import open_broker
from bench.deployment import Deployment, open_deployment
from bench.pictures import write_avif, write_photos
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from bench.videos import write_video

_TARGET = 1.8
_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    name: str
    files: Sequence[Path]
    number: int
    target: float | None = None


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    cores = sorted(os.sched_getaffinity(0))[:_WORKERS]
    if len(cores) < _WORKERS:
        raise RuntimeError("two workers against one need two cores")
    rounds = 2 if size.quick else 3
    folder = stage.folder / "scaling"
    folder.mkdir()
    materials = await asyncio.to_thread(_materials, folder, size)
    steps.expect(len(materials) * (rounds + 1))
    rows = []
    async with open_broker() as kafka, _deployed(stage, kafka, cores[:1]) as one, _deployed(stage, kafka, cores) as two:
        for material in materials:
            for warming in (one, two):
                await _seconds(warming, material, number=4)
            steps.done("warm")
            ratios = []
            for _ in range(rounds):
                alone = await _seconds(one, material)
                ratios.append(alone / await _seconds(two, material))
                steps.done(f"{material.name}: {ratios[-1]:.2f}")
            rows.append(Row.of_rounds(material.name, "one worker", ratios, target=material.target))
    return Section(title="Files a second of two workers, a core each", rows=rows, notes=[])


def _materials(folder: Path, size: Size) -> Sequence[_Material]:
    avif, clip = write_avif(folder / "photo.avif"), write_video(folder / "clip.mp4", seconds=1, size="1280x720")
    jpegs = list(write_photos(folder, 4))
    some = 12 if size.quick else 32
    return [
        _Material(name="photos of 12 megapixels, AVIF", files=[avif], number=some, target=_TARGET),
        _Material(name="videos of a second, 720p", files=[clip], number=some, target=_TARGET),
        _Material(name="photos of 12 megapixels, JPEG: services weigh in", files=jpegs, number=3 * some),
    ]


@asynccontextmanager
async def _deployed(stage: Stage, kafka: str, cores: Sequence[int]) -> AsyncIterator[Deployment]:
    """A relay, and a worker on each of the cores."""
    async with AsyncExitStack() as stack:
        deployment = await stack.enter_async_context(open_deployment(stage, kafka, decoders=1, image_workers=2))
        await stack.enter_async_context(deployment.role("relay", "relay"))
        for core in cores:
            await stack.enter_async_context(
                deployment.role(f"worker-{core}", "worker", "--kinds", "image,video", cores=[core])
            )
        yield deployment


async def _seconds(deployment: Deployment, material: _Material, number: int | None = None) -> float:
    number = number or material.number
    uploaded = await deployment.marketplace.uploaded(material.files, number)
    await asyncio.sleep(1)  # the store has something to tidy up after so many writes
    job = await uploaded.complete()
    return await deployment.worked(job.id, number)
