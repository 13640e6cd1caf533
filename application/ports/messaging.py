"""How facts leave the transaction that made them.

Events go to the outbox in the transaction; a relay reads them there and publishes. Delivery
is at least once, in order for each key: every consumer is idempotent.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A CloudEvent. `payload` is JSON; `headers` carry what is not of the domain, such as `traceparent`."""

    id: UUID
    topic: str
    key: str
    type: str
    payload: bytes
    occurred_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message that waits in the outbox; `position` orders entries."""

    position: int
    message: Message


class OutboxQueue(Protocol):
    """The relay's end of the outbox, within one transaction."""

    @abstractmethod
    async def take(self, *, limit: int, now: datetime) -> Sequence[OutboxEntry]:
        """Unpublished entries that are due, oldest first, locked: no other relay gets them.

        Per topic and key only the oldest due entry is handed out, so that order holds with many relays.
        """

    @abstractmethod
    async def mark_published(self, positions: Sequence[int], *, now: datetime) -> None: ...

    @abstractmethod
    async def forget_published(self, *, before: datetime, limit: int) -> int:
        """Delete entries published before that moment, and say how many."""

    @abstractmethod
    async def lag(self, *, now: datetime) -> timedelta:
        """The age of the oldest entry that is due and unpublished; zero when there is none."""


class ProcessedMessages(Protocol):
    """What each consumer has dealt with, so that a second delivery changes nothing."""

    @abstractmethod
    async def first_time(self, consumer: str, message_id: str, *, now: datetime) -> bool:
        """Note the message in this transaction; False when this consumer has noted it before."""


class OutboxBell(Protocol):
    """Wakes the relay when something was put into the outbox."""

    @abstractmethod
    async def wait(self, *, at_most: timedelta) -> None:
        """Return at the next commit that put something in, or after `at_most`. May return for no reason."""


class MessagePublisher(Protocol):
    @abstractmethod
    async def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over, in order; return once they are safe. Raises Unavailable: repeat all of them."""


class MessageSubscription(Protocol):
    """Messages of some topics, for one consumer."""

    @abstractmethod
    def messages(self) -> AsyncIterator[Message]:
        """Each message once it arrives; waits without end for the next, until the task is cancelled."""
