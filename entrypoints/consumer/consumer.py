"""Deals with inbound messages one after the other, so that their order holds."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from application.ports.log import Log
from application.ports.messaging import Delivery, MessageSubscription
from application.ports.telemetry import Telemetry
from application.ports.tracing import SpanKind, Tracing
from domain.errors import Conflict, DomainError, NotFound, Unavailable
from entrypoints.consumer.handling import Handler
from entrypoints.consumer.loops import Beat, Loops
from entrypoints.consumer.part import Part
from entrypoints.consumer.rejection import Rejection

_PAUSES: Sequence[float] = (0.2, 1.0, 3.0)
"""Seconds between tries at a message that may yet succeed; the partition waits meanwhile."""
_OUTAGE_PAUSE = 1.0
_MAY_PASS = (Conflict, NotFound)
"""Somebody else was faster, or what it is about has not arrived yet. The twin of the table of HTTP statuses."""


class Consumer(Part):
    """A message ends applied, ignored, or among the dead letters; an outage is waited out, however long.

    Cancelled in the middle, the message arrives again.
    """

    def __init__(
        self,
        *,
        name: str,
        subscription: MessageSubscription,
        handle: Handler,
        rejection: Rejection,
        telemetry: Telemetry,
        tracing: Tracing,
        loops: Loops,
        log: Log,
    ) -> None:
        self._name = name
        self._subscription = subscription
        self._handle = handle
        self._rejection = rejection
        self._telemetry = telemetry
        self._tracing = tracing
        self._loops = loops
        self._log = log
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._consume())
            await self._stopping.wait()
            # What is at hand comes to its end first, so that it is noted as done.
            await self._idle.wait()
            await self._subscription.close()

    async def _consume(self) -> None:
        async for delivery in self._subscription.deliveries():
            if self._stopping.is_set():
                return
            self._idle.clear()
            parent = {name: value.decode(errors="replace") for name, value in delivery.headers.items()}
            with self._tracing.span(f"receive {delivery.topic}", kind=SpanKind.CONSUMER, parent=parent):
                with self._loops.at_work(self._name) as beat:
                    dealt_with = await self._deal_with(delivery, beat)
                if dealt_with:
                    await self._subscription.done(delivery)
            self._idle.set()

    async def _deal_with(self, delivery: Delivery, beat: Beat) -> bool:
        """False when `stop` came before an end."""
        failures = 0
        while True:
            beat()
            try:
                outcome = await self._handle(delivery)
            except Unavailable as outage:
                self._log.warning("consumer.waits", topic=delivery.topic, code=outage.code, detail=outage.detail)
                pause = _OUTAGE_PAUSE
            except Exception as error:  # noqa: BLE001 - a defect too ends among the dead letters, with its name
                failures += 1
                if _is_final(error) or failures > len(_PAUSES):
                    self._tell_defect(error, delivery)
                    await self._rejection.reject(delivery, error, attempts=failures)
                    return True
                pause = _PAUSES[failures - 1]
            else:
                self._telemetry.consumed(delivery.topic, outcome)
                return True
            if await self._stopped_within(pause):
                return False

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    def _tell_defect(self, error: Exception, delivery: Delivery) -> None:
        if not isinstance(error, DomainError):
            self._log.exception("consumer.defect", topic=delivery.topic, place=delivery.place)


def _is_final(error: Exception) -> bool:
    return isinstance(error, DomainError) and not isinstance(error, _MAY_PASS)
