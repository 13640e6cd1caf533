"""Photos a second through the whole worker, against libvips alone on the same cores."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import asyncpg

from bench.bare_loop import BareLoop, Pace
from bench.marketplace import Marketplace, open_marketplace
from bench.pictures import write_photos
from bench.processes import cpu_seconds, running
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage, as_environment
from domain.ids import JobId

_TARGET = 0.85
_DIFFERENT = 8
_PATIENCE = 300
_LOOK_EVERY = 0.25

_DONE = "SELECT done FROM listing_media_jobs WHERE id = $1"
_SECONDS = """
SELECT extract(epoch FROM max(finished_at) - min(created_at)) FROM tasks
WHERE job_id = $1 AND kind = 'image' AND status = 'DONE'
"""


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, number = (2, 30) if size.quick else (4, 100)
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
        pipeline = _Pipeline(marketplace, database, photos, worker.pid)
        with BareLoop(photos) as loop:
            await pipeline.work(8)
            steps.done("the worker is warm")
            floors, works = [], []
            for _ in range(rounds):
                floors.append(await asyncio.to_thread(loop.derive, number))
                steps.done(f"libvips alone: {floors[-1].rate:.1f} photos/s")
                works.append(await pipeline.work(number))
                steps.done(f"worker: {works[-1].rate:.1f} photos/s")
            plain = await asyncio.to_thread(loop.thumbnail, number // 2)
            steps.done(f"a thumbnail a size: {plain.rate:.1f} photos/s")
    return Section(
        title="Photos of 12 megapixels, four sizes each",
        rows=list(_rows(floors, works, plain)),
        notes=[_cost_note(works, floors)],
    )


def _rows(floors: Sequence[Pace], works: Sequence["_Work"], plain: Pace) -> Iterator[Row]:
    pairs = list(zip(works, floors, strict=True))
    recipe = "the same recipe in a bare libvips loop"
    yield Row.of_rounds(
        "photos/s, PostgreSQL and store on the same cores",
        recipe,
        [work.rate / floor.rate for work, floor in pairs],
        target=_TARGET,
    )
    yield Row.of_rounds(
        "photos a CPU second, those two elsewhere",
        recipe,
        [floor.cpu / (work.used["worker"] + work.used["decoders"]) for work, floor in pairs],
        target=_TARGET,
    )
    yield Row(
        measure="photos/s, PostgreSQL and store on the same cores",
        against="a libvips loop of one thumbnail a size",
        value=median([work.rate for work in works]) / plain.rate,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Photos a second, and CPU seconds a photo by part."""

    rate: float
    used: Mapping[str, float]


class _Pipeline:
    def __init__(self, marketplace: Marketplace, database: str, photos: Sequence[Path], worker: int) -> None:
        self._marketplace = marketplace
        self._database = database
        self._photos = photos
        self._worker = worker

    async def work(self, number: int) -> _Work:
        """From the commit of `complete` to the last result."""
        uploaded = await self._marketplace.uploaded(self._photos, number)
        await asyncio.sleep(1)  # the store has something to tidy up after so many writes
        before = cpu_seconds(self._worker)
        job = await uploaded.complete()
        seconds = await self._seconds(job.id, number)
        after = cpu_seconds(self._worker)
        return _Work(
            rate=number / seconds,
            used={name: (used - before.get(name, 0)) / number for name, used in after.items()},
        )

    async def _seconds(self, job_id: JobId, number: int) -> float:
        connection = await asyncpg.connect(self._database, timeout=10, command_timeout=10)
        try:
            async with asyncio.timeout(_PATIENCE):
                while await connection.fetchval(_DONE, job_id) < number:  # noqa: ASYNC110 - it is in another process
                    await asyncio.sleep(_LOOK_EVERY)
            return float(await connection.fetchval(_SECONDS, job_id))
        finally:
            await connection.close(timeout=5)


def _cost_note(works: Sequence[_Work], floors: Sequence[Pace]) -> str:
    parts = {name: 1000 * mean(work.used.get(name, 0) for work in works) for name in works[0].used}
    named = sorted(((value, name) for name, value in parts.items()), reverse=True)
    listed = ", ".join(f"{name} {value:.1f}" for value, name in named if value >= 0.05)
    return f"CPU in ms a photo: {listed}; bare loop {1000 * mean(floor.cpu for floor in floors):.1f}"
