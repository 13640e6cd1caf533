"""One fault at a time on one deployment, with batches flowing before, during and after it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from time import monotonic

from tests.chaos.census import Census, take_census
from tests.chaos.faults import FAULTS, STEPS
from tests.chaos.scene import Scene
from tests.chaos.stream import open_stream
from tests.services.native_kafka import NativeKafka
from tests.stack.stack import Stack, open_stack
from tests.system.backstage import open_backstage

_SETTLE_WITHIN = 120.0
_DEFECTS = (
    "Traceback",
    "worker.defect",
    "task.defect",
    "relay.defect",
    "sweeper.defect",
    "consumer.defect",
    "request_failed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    fault: str
    times: int
    seconds: float
    census: Census


class Chaos:
    def __init__(self, stack: Stack, kafka: NativeKafka, prefix: str, *, rng: Random, long: bool) -> None:
        self.stack = stack
        self._kafka = kafka
        self._prefix = prefix
        self._rng = rng
        self._long = long

    async def suffer(self, name: str, *, batches: int) -> Outcome:
        """The fault, and what is true afterwards."""
        started = monotonic()
        async with (
            open_stream(self.stack.url, self._rng) as stream,
            open_backstage(self.stack) as backstage,
            self._looked_after(),
        ):
            scene = Scene(
                stack=self.stack,
                stream=stream,
                kafka=self._kafka,
                prefix=self._prefix,
                rng=self._rng,
                long=self._long,
                backstage=backstage,
            )
            try:
                times = await self._with_batches(name, scene, batches)
            except BaseException as error:
                error.add_note(self.stack.tails())
                raise
            census = await take_census(
                self.stack, stream, kafka=(self._kafka.servers, self._prefix), within=_SETTLE_WITHIN
            )
        census.findings += await self._troubles()
        return Outcome(fault=name, times=times, seconds=monotonic() - started, census=census)

    async def _with_batches(self, name: str, scene: Scene, batches: int) -> int:
        if name in STEPS:
            times = await FAULTS[name](scene)
            await scene.stream.deliver(batches)
            return times
        async with asyncio.TaskGroup() as group:
            group.create_task(scene.stream.deliver(batches))
            return await FAULTS[name](scene)

    @asynccontextmanager
    async def _looked_after(self) -> AsyncIterator[None]:
        looking = asyncio.create_task(self.stack.look_after())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _troubles(self) -> Iterable[str]:
        """Defects that the processes have logged, and any that does not come back."""
        found = []
        for role in self.stack.roles.values():
            if not role.runs():
                role.launch()
            await role.answers()
            if role.starts > 1 + role.ends:
                found.append(f"{role.name} has ended by itself:\n{role.log_tail()}")
            text = role.log.read_text(errors="replace")
            found += [
                f"{role.name} has logged {line[:3000]}" for line in text.splitlines() if any(map(line.count, _DEFECTS))
            ]
            role.log.write_text("")
        return found


@asynccontextmanager
async def open_chaos(kafka: NativeKafka, prefix: str, *, seed: int, long: bool) -> AsyncIterator[Chaos]:
    """Every process has started and answers."""
    async with open_stack(kafka.servers, prefix) as stack:
        await stack.start()
        yield Chaos(stack, kafka, prefix, rng=Random(seed), long=long)
