"""Carries what transactions left in the outbox to whoever listens."""

from datetime import timedelta

from application.ports.clock import Clock
from application.ports.messaging import MessagePublisher
from application.unit_of_work import UnitOfWorkFactory

_ENTRIES = 200


class RelayOutbox:
    """Answers how many messages it published; zero when nothing is due. Any number may run at once.

    This is the one place where a transaction stays open during a call elsewhere: its row locks keep
    other relays off these entries, and the publisher bounds its own wait. A crash in between publishes
    again: delivery is at least once.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, publisher: MessagePublisher, clock: Clock) -> None:
        self._begin = begin
        self._publisher = publisher
        self._clock = clock

    async def __call__(self) -> int:
        now = self._clock.now()
        async with self._begin() as tx:
            entries = await tx.outbox.take(limit=_ENTRIES, now=now)
            if entries:
                await self._publisher.publish([entry.message for entry in entries])
                await tx.outbox.mark_published([entry.position for entry in entries], now=now)
                await tx.commit()
        return len(entries)


class ForgetPublished:
    """Keeps the outbox small: what was published longer ago than `keep` is deleted."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, keep: timedelta) -> None:
        self._begin = begin
        self._clock = clock
        self._keep = keep

    async def __call__(self) -> int:
        async with self._begin() as tx:
            forgotten = await tx.outbox.forget_published(before=self._clock.now() - self._keep, limit=1000)
            await tx.commit()
        return forgotten
