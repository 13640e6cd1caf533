"""Looks after what nobody else will: overdue uploads, lost leases, lost pointers, silent pipelines."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from time import monotonic

from application.ports.log import Log
from domain.errors import DomainError
from entrypoints.consumer.loops import Beat
from entrypoints.consumer.part import Part

Pass = Callable[[], Awaitable[int]]
"""One look; answers how many things it moved."""


def seldom(sweep: Pass, every: timedelta) -> Pass:
    """The same, at most once in that time: one that lists a bucket, say."""
    due = monotonic()

    async def look() -> int:
        nonlocal due
        if monotonic() < due:
            return 0
        due = monotonic() + every.total_seconds()
        return await sweep()

    return look


class Sweeper(Part):
    def __init__(self, *, passes: Mapping[str, Pass], every: timedelta, beat: Beat, log: Log) -> None:
        self._passes = passes
        self._every = every
        self._beat = beat
        self._log = log
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            self._beat()
            await self.sweep()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every.total_seconds()):
                    await self._stopping.wait()

    async def sweep(self) -> None:
        """All passes once; one that fails does not keep the others from their turn."""
        for name, sweep in self._passes.items():
            try:
                moved = await sweep()
            except DomainError as error:
                self._log.warning("sweeper.pass_failed", sweep=name, code=error.code, detail=error.detail)
                continue
            except Exception:  # noqa: BLE001 - a defect in one pass must not stop the others; it is logged
                self._log.exception("sweeper.defect", sweep=name)
                continue
            if moved:
                self._log.info("sweeper.moved", sweep=name, moved=moved)
