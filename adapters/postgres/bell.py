import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Self

import asyncpg

from adapters.postgres.engine import PostgresLimits, connect_to
from adapters.postgres.errors import CONNECTION_ERRORS
from adapters.postgres.outbox_table import OUTBOX_CHANNEL
from application.ports.messaging import OutboxBell


class PostgresOutboxBell(OutboxBell):
    """Hears NOTIFY on a connection of its own.

    While that cannot be had it is silent: `wait` returns after `at_most`, so the relay goes on by
    polling, and each `wait` tries anew. After a reconnect it rings, since something may have been missed.
    Use it as a context, from one task.
    """

    def __init__(
        self,
        dsn: str,
        *,
        limits: PostgresLimits | None = None,
        on_trouble: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self._dsn = dsn
        self._limits = limits or PostgresLimits()
        self._on_trouble = on_trouble
        self._rung = asyncio.Event()
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._hang_up()

    async def wait(self, *, at_most: timedelta) -> None:
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                if self._connection is None or self._connection.is_closed():
                    await self._listen()
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()

    async def _listen(self) -> None:
        try:
            self._connection = await connect_to(self._dsn, application_name="vitrine-bell", limits=self._limits)
            self._connection.add_termination_listener(self._ring)
            await self._connection.add_listener(OUTBOX_CHANNEL, self._ring)
        except CONNECTION_ERRORS as error:
            self._hang_up()
            self._on_trouble(error)
        except asyncio.CancelledError:
            self._hang_up()
            raise
        else:
            self._rung.set()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _ring(self, *_: object) -> None:
        self._rung.set()
