"""How a process ends: it drains, and what is left is given back."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from application.ports.log import Log
from entrypoints.consumer.loops import Loops
from entrypoints.consumer.part import Part
from entrypoints.http.app import create_probes
from entrypoints.http.server import HttpServer
from entrypoints.http.services import Probes
from entrypoints.process import live
from entrypoints.stop_signal import StopSignal
from tests.application.stubs import RecordingLog

LONG = timedelta(seconds=30)


class Work(Part):
    """Goes on for `seconds` after it was told to stop."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.how = "running"
        self._seconds = seconds
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        try:
            await self._stopping.wait()
            self.how = "draining"
            await asyncio.sleep(self._seconds)
            self.how = "finished"
        except asyncio.CancelledError:
            self.how = "gave back"
            raise

    def stop(self) -> None:
        self._stopping.set()


class Broken(Part):
    async def run(self) -> None:
        raise RuntimeError("a part that cannot go on")

    def stop(self) -> None:
        pass


class Life:
    def __init__(self, *parts: Part, drain: timedelta) -> None:
        self.stop, self.loops, self.log = StopSignal(), Loops(), RecordingLog()
        self.url = ""
        self._up = asyncio.Event()
        self._parts, self._drain = parts, drain

    async def begin(self) -> "asyncio.Task[None]":
        living = asyncio.create_task(self._live())
        await self._up.wait()
        return living

    async def _live(self) -> None:
        async def started(server: HttpServer) -> None:
            self.url = server.url
            self._up.set()

        await live(
            self._parts,
            HttpServer(create_probes(self._probes(self.log)), host="127.0.0.1", port=0),
            started=started,
            stop=self.stop,
            drain=self._drain,
            server_goes_last=True,
            loops=self.loops,
            log=self.log,
        )

    def _probes(self, log: Log) -> Probes:
        async def metrics() -> bytes:
            return b""

        return Probes(
            readiness={}, metrics=metrics, log=log, silent_loops=lambda: self.loops.silent(timedelta(seconds=0))
        )

    async def alive(self) -> int:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"{self.url}/livez")).status_code


async def _ended(living: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(15):
        await living


async def test_what_is_at_hand_is_finished() -> None:
    quick, slow = Work(), Work(0.3)
    life = Life(quick, slow, drain=LONG)
    living = await life.begin()

    life.stop.send()
    await _ended(living)

    assert (quick.how, slow.how) == ("finished", "finished")


async def test_what_takes_longer_than_the_drain_is_given_back() -> None:
    endless, quick = Work(60), Work()
    life = Life(endless, quick, drain=timedelta(seconds=0.2))
    living = await life.begin()

    life.stop.send()
    await _ended(living)

    assert (endless.how, quick.how) == ("gave back", "finished")
    assert "process.drain_ended" in life.log.events


async def test_a_second_signal_ends_the_drain() -> None:
    endless = Work(60)
    life = Life(endless, drain=LONG)
    living = await life.begin()

    life.stop.send()
    await asyncio.sleep(0.1)
    assert endless.how == "draining"
    life.stop.send()
    await _ended(living)

    assert endless.how == "gave back"


async def test_a_drain_can_be_watched_and_is_no_silence() -> None:
    life = Life(Work(60), drain=LONG)
    life.loops.watch("poll")
    living = await life.begin()
    await asyncio.sleep(0.01)
    assert await life.alive() == 503, "the loop has not come round"

    life.stop.send()
    await asyncio.sleep(0.1)

    assert await life.alive() == 200
    life.stop.send()
    await _ended(living)


async def test_a_part_that_breaks_ends_the_process() -> None:
    work = Work()
    life = Life(work, Broken(), drain=timedelta())
    living = asyncio.create_task(life._live())

    with pytest.raises(BaseExceptionGroup):
        await _ended(living)

    assert work.how != "running"


async def test_loops_tell_their_age() -> None:
    loops = Loops()
    beat = loops.watch("relay")
    await asyncio.sleep(0.05)
    assert loops.silent(timedelta(seconds=0.01)) == ["relay"]
    assert loops.ages()["relay"] >= 0.05

    beat()

    assert loops.silent(timedelta(seconds=1)) == []
    loops.let_go()
    assert loops.ages() == {}
