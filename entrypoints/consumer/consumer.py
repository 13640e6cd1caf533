"""Deals with inbound messages one after the other."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

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
"""Seconds between tries at a message that may yet succeed."""
_OUTAGE_PAUSE = 1.0
_MAY_PASS = (Conflict, NotFound)
"""Somebody else was faster, or what it is about has not arrived yet. The twin of the table of HTTP statuses."""


@dataclass(slots=True)
class _Taken:
    """A message, from its arrival until it is noted as done."""

    delivery: Delivery
    is_at_hand: bool = True
    dealt_with: bool = False


class Consumer(Part):
    """A message ends applied, ignored, or among the dead letters; an outage is waited out, however long.

    While one waits for its next try, those behind it wait too, so that their order holds; with more than one `at_hand`
    they have their turn meanwhile, until so many are waited for. Cancelled in the middle, the message arrives again.
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
        at_hand: int = 1,
    ) -> None:
        self._name = name
        self._subscription = subscription
        self._handle = handle
        self._rejection = rejection
        self._telemetry = telemetry
        self._tracing = tracing
        self._loops = loops
        self._log = log
        self._at_hand = at_hand
        self._taken: deque[_Taken] = deque()
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def stop(self) -> None:
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._consume(group))
            await self._stopping.wait()
            # What is at hand comes to its end first, so that it is noted as done.
            await self._idle.wait()
            await self._subscription.close()

    async def _consume(self, group: asyncio.TaskGroup) -> None:
        async for delivery in self._subscription.deliveries():
            if self._stopping.is_set():
                return
            self._idle.clear()
            taken = _Taken(delivery)
            self._taken.append(taken)
            group.create_task(self._take(taken))
            while len(self._taken) >= self._at_hand and not self._stopping.is_set():
                self._changed.clear()
                await self._changed.wait()

    async def _take(self, taken: _Taken) -> None:
        delivery = taken.delivery
        parent = {name: value.decode(errors="replace") for name, value in delivery.headers.items()}
        with self._tracing.span(f"receive {delivery.topic}", kind=SpanKind.CONSUMER, parent=parent):
            taken.dealt_with = await self._deal_with(delivery)
            # In their order, since each stands for those before it.
            while self._taken and self._taken[0].dealt_with:
                await self._subscription.done(self._taken.popleft().delivery)
        taken.is_at_hand = False
        self._changed.set()
        if not any(each.is_at_hand for each in self._taken):
            self._idle.set()

    async def _deal_with(self, delivery: Delivery) -> bool:
        """False when `stop` came before an end."""
        attempt = 0
        while True:
            attempt += 1
            async with self._turn:
                if self._stopping.is_set():
                    return False
                with self._loops.at_work(self._name) as beat:
                    pause = await self._try(delivery, attempt, beat)
            if pause is None:
                return True
            if await self._stopped_within(pause):
                return False

    async def _try(self, delivery: Delivery, attempt: int, beat: Beat) -> float | None:
        """Seconds until the next attempt; None once it has come to its end. An outage concerns those behind it too."""
        while True:
            beat()
            try:
                outcome = await self._handle(delivery)
            except Unavailable as outage:
                self._log.warning("consumer.waits", topic=delivery.topic, code=outage.code, detail=outage.detail)
                if await self._stopped_within(_OUTAGE_PAUSE):
                    return _OUTAGE_PAUSE
            except Exception as error:  # noqa: BLE001 - a defect too ends among the dead letters, with its name
                if not _is_final(error) and attempt <= len(_PAUSES):
                    return _PAUSES[attempt - 1]
                self._tell_defect(error, delivery)
                await self._rejection.reject(delivery, error, attempts=attempt)
                return None
            else:
                self._telemetry.consumed(delivery.topic, outcome)
                return None

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
