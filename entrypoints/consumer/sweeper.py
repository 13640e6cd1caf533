"""Looks after what nobody else will: overdue uploads, lost leases, lost pointers, silent pipelines."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from application.ports.log import Log
from domain.errors import DomainError

Pass = Callable[[], Awaitable[int]]
"""One look; answers how many things it moved."""


class Sweeper:
    def __init__(self, *, passes: Mapping[str, Pass], every: timedelta, log: Log) -> None:
        self._passes = passes
        self._every = every
        self._log = log

    async def run(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(self._every.total_seconds())

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
