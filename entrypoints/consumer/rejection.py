"""A message that nobody can do anything with goes to the dead letters, and those behind it go on."""

import asyncio
from abc import abstractmethod
from typing import Protocol

from application.ports.log import Log
from application.ports.messaging import Delivery
from application.ports.telemetry import Telemetry
from domain.errors import DomainError

_PAUSE = 1.0
_SAID = 500
"""Characters of what was wrong: hostile bytes may be quoted in it."""


class Reject(Protocol):
    @abstractmethod
    async def __call__(self, delivery: Delivery, *, consumer: str, error: Exception, attempts: int) -> bool:
        """Store it; False when that was done before. Raises Unavailable: then it must not be taken for done."""


class Rejection:
    """Of one consumer, by the name of its group."""

    def __init__(self, *, consumer: str, reject: Reject, telemetry: Telemetry, log: Log) -> None:
        self._consumer = consumer
        self._reject = reject
        self._telemetry = telemetry
        self._log = log

    async def reject(self, delivery: Delivery, error: Exception, *, attempts: int = 1) -> None:
        """Returns once it is stored, however long that takes: the message must not get lost."""
        while True:
            try:
                await self._reject(delivery, consumer=self._consumer, error=error, attempts=attempts)
            except Exception:  # noqa: BLE001 - there is nobody else to give it to; it is logged, and tried again
                self._log.exception("consumer.cannot_reject", topic=delivery.topic, place=delivery.place)
                await asyncio.sleep(_PAUSE)
            else:
                break
        self._telemetry.consumed(delivery.topic, "dead_lettered")
        code = error.code if isinstance(error, DomainError) else type(error).__name__
        self._log.warning(
            "consumer.dead_letter", topic=delivery.topic, place=delivery.place, code=code, detail=str(error)[:_SAID]
        )
