"""Photos a second through the whole worker, against libvips alone on the same cores."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, median

import asyncpg

from bench.bare_loop import BareLoop
from bench.marketplace import Marketplace, open_marketplace
from bench.pictures import write_photos
from bench.processes import cpu_seconds, running, used_between
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage, as_environment
from domain.ids import JobId

_TARGET = 0.85
_DIFFERENT = 8
_PATIENCE = 300


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, number = (2, 40) if size.quick else (4, 120)
    steps.expect(rounds * 2 + 3)
    folder = stage.folder / "photos"
    folder.mkdir()
    photos = await asyncio.to_thread(lambda: list(write_photos(folder, _DIFFERENT)))
    steps.done("photos are drawn")
    database = await stage.fresh_database()
    settings = stage.settings(database)
    async with (
        open_marketplace(settings) as marketplace,
        running(
            "bench.worker_process", environment=as_environment(settings), log=stage.folder / "worker.log"
        ) as worker,
    ):
        loop = BareLoop(photos)
        with loop:
            pipeline = _Pipeline(marketplace, database, photos, worker.pid)
            await pipeline.rate(8)
            steps.done("the worker is warm")
            floors, rates, costs = [], [], []
            for _ in range(rounds):
                floors.append(await asyncio.to_thread(loop.derive, number))
                steps.done(f"libvips alone: {floors[-1]:.1f} photos/s")
                rate, used = await pipeline.rate(number)
                rates.append(rate)
                costs.append(used)
                steps.done(f"worker: {rate:.1f} photos/s")
            plain = await asyncio.to_thread(loop.thumbnail, number // 2)
            steps.done("plain thumbnails")
    ratios = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
    return Section(
        title="Photos: 12 megapixels, four sizes, download, SHA-256 and uploads included",
        rows=[
            Row(
                measure="photos/s of a worker",
                against="the same recipe in a bare libvips loop",
                value=median(ratios),
                target=_TARGET,
                spread=(min(ratios), max(ratios)),
            ),
            Row(
                measure="photos/s of a worker",
                against="a libvips loop of one thumbnail a size",
                value=median(rates) / plain,
            ),
        ],
        notes=[_cost_note(costs, number)],
    )


class _Pipeline:
    def __init__(self, marketplace: Marketplace, database: str, photos: Sequence[Path], worker: int) -> None:
        self._marketplace = marketplace
        self._database = database
        self._photos = photos
        self._worker = worker

    async def rate(self, number: int) -> tuple[float, Mapping[str, float]]:
        """Photos a second from the commit of `complete` to the last result, and CPU seconds by part."""
        uploaded = await self._marketplace.uploaded(self._photos, number)
        await asyncio.sleep(1)  # the store has something to tidy up after so many writes
        before = cpu_seconds(self._worker)
        job = await uploaded.complete()
        seconds = await self._seconds(job.id, number)
        return number / seconds, used_between(before, cpu_seconds(self._worker))

    async def _seconds(self, job_id: JobId, number: int) -> float:
        connection = await asyncpg.connect(self._database, timeout=10, command_timeout=10)
        try:
            async with asyncio.timeout(_PATIENCE):
                while await connection.fetchval("SELECT done FROM listing_media_jobs WHERE id = $1", job_id) < number:
                    await asyncio.sleep(0.1)
            return float(
                await connection.fetchval(
                    "SELECT extract(epoch FROM max(finished_at) - min(created_at)) FROM tasks"
                    " WHERE job_id = $1 AND kind = 'image' AND status = 'DONE'",
                    job_id,
                )
            )
        finally:
            await connection.close(timeout=5)


def _cost_note(costs: Sequence[Mapping[str, float]], number: int) -> str:
    parts: dict[str, list[float]] = defaultdict(list)
    for used in costs:
        for name, seconds in used.items():
            parts[name].append(1000 * seconds / number)
    named = sorted(((mean(values), name) for name, values in parts.items()), reverse=True)
    return "CPU a photo, in ms: " + ", ".join(f"{name} {value:.1f}" for value, name in named if value >= 0.05)
