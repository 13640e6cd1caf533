"""Two workers against one, over Kafka: what a second core with a second worker on it brings, and what it brings to bare
processes.

Every worker is bound to a core of its own with all that it starts: so one worker has one core, and two have two. It has
one decoder, and one place more, to fetch a photo while another is decoded. PostgreSQL, the store, Kafka, relay and this
program are bound to none: they take what they need of either core.

Cores of one machine share its caches, its memory and its clock, and two do not reach twice the pace of one. So the same
recipes run in bare processes too, and ours is also given as a part of what those reach.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bench.bare_cores import BareCores
from bench.broker import open_broker
from bench.deployment import Deployment, open_deployment
from bench.pictures import write_avif, write_photos
from bench.processes import cpu_seconds
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from bench.videos import write_video
from tests.stack.role_process import RoleProcess

_TARGET = 1.8
_PART_OF_MACHINE = 0.9
"""What 1.8 is of the 2 that cores reach which share nothing."""
_CORES = 2
_JOINING = 5.0
"""Seconds in which a new member of a group gets its partitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    """`number` files are for one core, twice as many for two: so a run takes as long on either."""

    name: str
    content_type: str
    files: Sequence[Path]
    number: int
    bound_by_decoding: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    """Files a second, and CPU seconds a file by part."""

    rate: float
    used: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Of one material. `machine` is the rate of two bare processes against one."""

    one: _Pace
    two: _Pace
    machine: float

    @property
    def ours(self) -> float:
        return self.two.rate / self.one.rate


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    cores = sorted(os.sched_getaffinity(0))[:_CORES]
    if len(cores) < _CORES:
        raise RuntimeError("two workers against one need two cores")
    rounds = 1 if size.quick else 3
    steps.expect(3 * rounds + 2)
    folder = stage.folder / "scaling"
    folder.mkdir()
    materials = await asyncio.to_thread(_materials, folder, size)
    steps.done("drawn")
    found: dict[str, list[_Round]] = {material.name: [] for material in materials}
    with BareCores(cores[:1]) as one_core, BareCores(cores) as two_cores:
        floor = _Floor(one_core, two_cores)
        async with (
            open_broker() as kafka,
            open_deployment(stage, kafka, decoders=1, image_workers=2) as deployment,
            deployment.role("relay", "relay"),
            _worker(deployment, cores[0]) as first,
        ):
            for material in materials:
                await floor.ratio(material, 1)
                await _pace(deployment, [first], material, 2)
            steps.done("warm")
            for _ in range(rounds):
                machine = {material.name: await floor.ratio(material, material.number) for material in materials}
                steps.done(f"bare processes: {_listed(machine.values())}")
                one = await _paces(deployment, [first], materials)
                steps.done("one worker")
                async with _worker(deployment, cores[1]) as second:
                    await asyncio.sleep(_JOINING)
                    for material in materials:
                        await _pace(deployment, [first, second], material, 4)
                    two = await _paces(deployment, [first, second], materials)
                for name, known in found.items():
                    known.append(_Round(one=one[name], two=two[name], machine=machine[name]))
                steps.done(f"two workers: {_listed(known[-1].ours for known in found.values())}")
    return Section(
        title="Files a second of two workers, a core each",
        rows=[row for material in materials for row in _rows(material, found[material.name])],
        notes=[_cost_note(name, known) for name, known in found.items()],
    )


def _listed(ratios: Iterable[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


def _materials(folder: Path, size: Size) -> Sequence[_Material]:
    avif, clip = write_avif(folder / "photo.avif"), write_video(folder / "clip.mp4", seconds=3)
    jpegs = list(write_photos(folder, 4))
    some = 1 if size.quick else 2
    return [
        _Material(name="AVIF of 24 megapixels", content_type="image/avif", files=[avif], number=5 * some),
        _Material(name="videos of 3 s, 1080p", content_type="video/mp4", files=[clip], number=3 * some),
        _Material(
            name="JPEG of 12 megapixels",
            content_type="image/jpeg",
            files=jpegs,
            number=24 * some,
            bound_by_decoding=False,
        ),
    ]


class _Floor:
    """Two bare processes against one."""

    def __init__(self, one: BareCores, two: BareCores) -> None:
        self._one = one
        self._two = two

    async def ratio(self, material: _Material, number: int) -> float:
        """With `number` files a core."""
        one = await asyncio.to_thread(self._one.rate, material.files, material.content_type, number)
        two = await asyncio.to_thread(self._two.rate, material.files, material.content_type, _CORES * number)
        return two / one


def _worker(deployment: Deployment, core: int) -> AbstractAsyncContextManager[RoleProcess]:
    return deployment.role(f"worker-{core}", "worker", "--kinds", "image,video", cores=[core])


async def _paces(
    deployment: Deployment, workers: Sequence[RoleProcess], materials: Sequence[_Material]
) -> Mapping[str, _Pace]:
    """Of each material, one after the other."""
    return {
        material.name: await _pace(deployment, workers, material, len(workers) * material.number)
        for material in materials
    }


async def _pace(deployment: Deployment, workers: Sequence[RoleProcess], material: _Material, number: int) -> _Pace:
    uploaded = await deployment.marketplace.uploaded(material.files, number)
    await asyncio.sleep(1)  # the store has something to tidy up after so many writes
    pids = [worker.pid for worker in workers]
    before = cpu_seconds(*pids)
    job = await uploaded.complete()
    seconds = await deployment.worked(job.id, number)
    after = cpu_seconds(*pids)
    return _Pace(
        rate=number / seconds, used={name: (used - before.get(name, 0)) / number for name, used in after.items()}
    )


def _rows(material: _Material, rounds: Sequence[_Round]) -> Iterator[Row]:
    met = material.bound_by_decoding
    yield Row.of_rounds(
        f"{material.name}: two workers", "one worker", [found.ours for found in rounds], target=_TARGET if met else None
    )
    yield Row.of_rounds(f"{material.name}: two bare processes", "one bare process", [found.machine for found in rounds])
    yield Row.of_rounds(
        f"{material.name}: what two workers bring",
        "what two bare processes bring",
        [found.ours / found.machine for found in rounds],
        target=_PART_OF_MACHINE if met else None,
    )


def _cost_note(name: str, rounds: Sequence[_Round]) -> str:
    one, two = _parts(found.one for found in rounds), _parts(found.two for found in rounds)
    return f"{name}, CPU in ms a file with one worker: {one}; with two: {two}"


def _parts(paces: Iterable[_Pace]) -> str:
    costs: dict[str, list[float]] = {}
    for pace in paces:
        for name, used in pace.used.items():
            costs.setdefault(name, []).append(1000 * used)
    named = sorted(((mean(found), name) for name, found in costs.items()), reverse=True)
    return ", ".join(f"{name} {value:.1f}" for value, name in named if value >= 0.05)
