"""Two workers against one, over Kafka: what a second core with a second worker on it brings.

Every worker is bound to a core of its own with all that it starts: so one worker has one core, and two have two. It has
one decoder, and one place more, to fetch a photo while another is decoded. PostgreSQL, the store, Kafka, relay and this
program are bound to none: they take what they need of either core.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
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
_JOINING = 5.0
"""Seconds in which a new member of a group gets its partitions."""


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
    steps.expect(2 * rounds + 1)
    ratios: dict[str, list[float]] = {material.name: [] for material in materials}
    async with (
        open_broker() as kafka,
        open_deployment(stage, kafka, decoders=1, image_workers=2) as deployment,
        deployment.role("relay", "relay"),
        _worker(deployment, cores[0]),
    ):
        await _all(deployment, materials, number=4)
        steps.done("warm")
        for _ in range(rounds):
            alone = await _all(deployment, materials)
            steps.done("one worker")
            async with _worker(deployment, cores[1]):
                await asyncio.sleep(_JOINING)
                await _all(deployment, materials, number=4)
                both = await _all(deployment, materials)
            for name, seconds in both.items():
                ratios[name].append(alone[name] / seconds)
            steps.done(", ".join(f"{found[-1]:.2f}" for found in ratios.values()))
    rows = [
        Row.of_rounds(material.name, "one worker", ratios[material.name], target=material.target)
        for material in materials
    ]
    return Section(title="Files a second of two workers, a core each", rows=rows, notes=[])


def _materials(folder: Path, size: Size) -> Sequence[_Material]:
    avif, clip = write_avif(folder / "photo.avif"), write_video(folder / "clip.mp4", seconds=1, size="1280x720")
    jpegs = list(write_photos(folder, 4))
    some = 16 if size.quick else 32
    return [
        _Material(name="photos of 12 megapixels, AVIF", files=[avif], number=some, target=_TARGET),
        _Material(name="videos of a second, 720p", files=[clip], number=some // 2, target=_TARGET),
        _Material(name="photos of 12 megapixels, JPEG: services weigh in", files=jpegs, number=2 * some),
    ]


def _worker(deployment: Deployment, core: int) -> AbstractAsyncContextManager[object]:
    return deployment.role(f"worker-{core}", "worker", "--kinds", "image,video", cores=[core])


async def _all(
    deployment: Deployment, materials: Sequence[_Material], number: int | None = None
) -> Mapping[str, float]:
    """Seconds of a batch of each material, one after the other."""
    return {material.name: await _seconds(deployment, material, number or material.number) for material in materials}


async def _seconds(deployment: Deployment, material: _Material, number: int) -> float:
    uploaded = await deployment.marketplace.uploaded(material.files, number)
    await asyncio.sleep(1)  # the store has something to tidy up after so many writes
    job = await uploaded.complete()
    return await deployment.worked(job.id, number)
