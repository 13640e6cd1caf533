"""Kafka for measurements: found where the tests find theirs, for there is no second way to start one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.services.kafka import KAFKA


@asynccontextmanager
async def open_broker() -> AsyncIterator[str]:
    """Its address. Raises ServiceMissing, which says what to install."""
    rung = await asyncio.to_thread(KAFKA.prepare)
    async with rung.open() as servers:
        yield servers
