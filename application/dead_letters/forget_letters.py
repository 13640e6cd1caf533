"""Keeps dead letters that somebody has decided on from lying around for ever."""

from datetime import timedelta

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory

_LETTERS = 1_000
"""At one look: each may hold a megabyte."""


class ForgetLetters:
    """A pass of the sweeper; answers how many letters it has deleted: those that were resolved longer ago than `keep`.
    One that is open waits for ever.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, keep: timedelta) -> None:
        self._begin = begin
        self._clock = clock
        self._keep = keep

    async def __call__(self) -> int:
        async with self._begin() as tx:
            forgotten = await tx.dead_letters.forget_resolved(before=self._clock.now() - self._keep, limit=_LETTERS)
            await tx.commit()
        return forgotten
