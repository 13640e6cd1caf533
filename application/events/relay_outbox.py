"""Carries what transactions left in the outbox to whoever listens."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.messaging import Message, MessagePublisher
from application.ports.telemetry import Telemetry
from application.ports.tracing import SpanKind, Tracing
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable

_ENTRIES = 200
_FORGOTTEN = 20_000
"""At one look, every few seconds: as many as are published meanwhile."""
_LEFT_OUT = timedelta(seconds=5)
"""So long a topic waits that has refused a message: those who would go in vain must not stand in the way of others."""


class MessagesRefused(Unavailable):
    code = "MESSAGES_REFUSED"

    def __init__(self, topics: Collection[str]) -> None:
        super().__init__(f"messages for {', '.join(sorted(topics))} are refused; they stay in the outbox")


class RelayOutbox:
    """Answers how many messages it published; zero when nothing is due. Any number may run at once.

    Raises Unavailable, and MessagesRefused once the others have gone out; for a while it leaves out the topics of those
    that were refused.

    This is the one place where a transaction stays open during a call elsewhere: its row locks keep
    other relays off these entries, and the publisher bounds its own wait. A crash in between publishes
    again: delivery is at least once.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        publisher: MessagePublisher,
        clock: Clock,
        telemetry: Telemetry,
        tracing: Tracing,
    ) -> None:
        self._begin = begin
        self._publisher = publisher
        self._clock = clock
        self._telemetry = telemetry
        self._tracing = tracing
        self._left_out: dict[str, datetime] = {}

    async def __call__(self) -> int:
        now = self._clock.now()
        self._left_out = {topic: until for topic, until in self._left_out.items() if until > now}
        async with self._begin() as tx:
            entries = await tx.outbox.take(limit=_ENTRIES, now=now, leaving_out=self._left_out)
            if not entries:
                return 0
            safe = set(await self._publisher.publish([entry.message for entry in entries]))
            gone = [entry for entry in entries if entry.message.id in safe]
            await tx.outbox.mark_published([entry.position for entry in gone], now=now)
            await tx.commit()
        self._trace([entry.message for entry in gone], now)
        for topic, number in Counter(entry.message.topic for entry in gone).items():
            self._telemetry.published(topic, number)
        refused = {entry.message.topic for entry in entries if entry.message.id not in safe}
        if refused:
            self._left_out |= dict.fromkeys(refused, now + _LEFT_OUT)
            raise MessagesRefused(refused)
        return len(gone)

    def _trace(self, messages: Sequence[Message], since: datetime) -> None:
        """Beside what the message leads to, not above it: what it carries was written with it, in its transaction."""
        until = self._clock.now()
        for message in messages:
            if "traceparent" in message.headers:
                self._tracing.record(
                    f"publish {message.topic}",
                    kind=SpanKind.PRODUCER,
                    parent=message.headers,
                    since=since,
                    until=until,
                    **{"messaging.destination.name": message.topic, "messaging.message.id": message.id},
                )


class ForgetPublished:
    """Keeps the outbox small: what was published longer ago than `keep` is deleted."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, keep: timedelta) -> None:
        self._begin = begin
        self._clock = clock
        self._keep = keep

    async def __call__(self) -> int:
        async with self._begin() as tx:
            forgotten = await tx.outbox.forget_published(before=self._clock.now() - self._keep, limit=_FORGOTTEN)
            await tx.commit()
        return forgotten
