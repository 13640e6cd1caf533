"""Drains the outbox whenever something was put in."""

import asyncio
from datetime import timedelta

from application.events.relay_outbox import MessagesRefused, RelayOutbox
from application.ports.log import Log
from application.ports.messaging import OutboxBell
from domain.errors import DomainError
from entrypoints.consumer.loops import Beat
from entrypoints.consumer.part import Part

_POLL = timedelta(seconds=1)
"""Also the precision of delayed messages: nothing rings when one becomes due."""

_PAUSE_AFTER_ERROR = 1.0


class Relay(Part):
    def __init__(self, *, relay_outbox: RelayOutbox, bell: OutboxBell, beat: Beat, log: Log) -> None:
        self._relay_outbox = relay_outbox
        self._bell = bell
        self._beat = beat
        self._log = log
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    async def run(self) -> None:
        while not self._stopping:
            self._beat()
            try:
                if await self._relay_outbox() == 0:
                    await self._bell.wait(at_most=_POLL)
            except MessagesRefused as error:
                # The others have gone out, and those that come next must not wait.
                self._log.warning("relay.refused", code=error.code, detail=error.detail)
            except DomainError as error:
                self._log.warning("relay.paused", code=error.code, detail=error.detail)
                await asyncio.sleep(_PAUSE_AFTER_ERROR)
            except Exception:  # noqa: BLE001 - nothing moves without the relay; it is logged and goes on
                self._log.exception("relay.defect")
                await asyncio.sleep(_PAUSE_AFTER_ERROR)
