"""A batch of photos that arrives behind long videos, against the same batch alone.

One worker for photos and archives, one for videos, as in `deploy/compose.yaml`, and all the cores to both. The worker
for videos runs in the rounds with videos alone: what it leaves is taken up again by the next one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bench.broker import open_broker
from bench.deployment import Deployment, open_deployment
from bench.pictures import write_photos
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from bench.videos import write_video
from tests.system.family import Family

_TARGET = 1.5
_PHOTOS = 30
_VIDEOS = 10
_ATTEMPTS = 1000
"""So many rounds may interrupt a video."""


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, seconds = (2, 60) if size.quick else (5, 120)
    steps.expect(2 * rounds + 2)
    folder = stage.folder / "priority"
    folder.mkdir()
    photos = await asyncio.to_thread(lambda: list(write_photos(folder, 8)))
    video = await asyncio.to_thread(write_video, folder / "long.mp4", seconds=seconds)
    steps.done("drawn")
    ratios, shares = [], []
    async with (
        open_broker() as kafka,
        open_deployment(stage, kafka, max_attempts=_ATTEMPTS) as deployment,
        deployment.role("relay", "relay"),
        deployment.role("photos", "worker", "--kinds", "image,archive"),
    ):
        videos = await deployment.marketplace.uploaded([video], _VIDEOS)
        await videos.complete()
        await _seconds(deployment, photos)
        steps.done("warm")
        for _ in range(rounds):
            alone = await _seconds(deployment, photos)
            steps.done("alone")
            async with _transcoding(deployment) as ffmpeg:
                before = sum(ffmpeg.cpu_times()[:2])
                behind = await _seconds(deployment, photos)
                shares.append((sum(ffmpeg.cpu_times()[:2]) - before) / behind)
            ratios.append(behind / alone)
            steps.done(f"behind videos: {ratios[-1]:.2f}")
    share = sum(shares) / len(shares) / (psutil.cpu_count() or 1)
    return Section(
        title=f"A batch of {_PHOTOS} photos, {_VIDEOS} videos of {seconds} s before it",
        rows=[Row.of_rounds("time to READY", "the batch alone", ratios, target=_TARGET, at_most=True)],
        notes=[f"meanwhile ffmpeg goes on with {share:.0%} of the cores"],
    )


@asynccontextmanager
async def _transcoding(deployment: Deployment) -> AsyncIterator[psutil.Process]:
    """The program that works on a video until the block ends."""
    async with deployment.role("videos", "worker", "--kinds", "video", decoders=1, drain=0) as worker:
        ffmpeg, *_ = await Family(worker.pid).transcoding()
        yield ffmpeg


async def _seconds(deployment: Deployment, photos: list[Path]) -> float:
    uploaded = await deployment.marketplace.uploaded(photos, _PHOTOS)
    await asyncio.sleep(1)  # the store has something to tidy up after so many writes
    job = await uploaded.complete()
    return await deployment.settled(job.id)
