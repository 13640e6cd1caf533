"""Keeps the notes on messages that were dealt with from growing for ever."""

from datetime import timedelta

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory

_NOTES = 20_000


class ForgetProcessed:
    """Deletes what was noted longer ago than `keep`, which is longer than the broker keeps messages. A message that is
    replayed by hand after that is old news by its own time, attempt or object.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, keep: timedelta) -> None:
        self._begin = begin
        self._clock = clock
        self._keep = keep

    async def __call__(self) -> int:
        async with self._begin() as tx:
            forgotten = await tx.processed_messages.forget(before=self._clock.now() - self._keep, limit=_NOTES)
            await tx.commit()
        return forgotten
