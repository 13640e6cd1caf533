import asyncio
from datetime import timedelta

from adapters.memory.database import MemoryDatabase
from application.ports.messaging import OutboxBell


class MemoryOutboxBell(OutboxBell):
    """Rings from the moment it is made: what is committed between two waits ends the second one at once."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._rung = asyncio.Event()
        database.bells.add(self._rung)

    async def wait(self, *, at_most: timedelta) -> None:
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()
