"""How facts leave the transaction that made them, and how those of others arrive.

Events go to the outbox in the transaction; a relay reads them there and publishes. Delivery
is at least once, in order for each key: every consumer is idempotent.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A CloudEvent to publish. `payload` is of `content_type`; `headers` carry what is not of the domain, such as
    `traceparent`. One without a `type` is somebody else's, passed on with its own headers and no others.
    """

    id: UUID
    topic: str
    key: str
    type: str
    payload: bytes
    content_type: str = JSON
    occurred_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One arrival of a message, as it came: whoever takes it trusts nothing of it.

    `place` names where it lies in its topic, the same at every arrival.
    """

    topic: str
    place: str
    key: bytes | None
    headers: Mapping[str, bytes]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message that waits in the outbox; `position` orders entries."""

    position: int
    message: Message


class OutboxQueue(Protocol):
    """The relay's end of the outbox, within one transaction."""

    @abstractmethod
    async def take(self, *, limit: int, now: datetime, leaving_out: Collection[str] = ()) -> Sequence[OutboxEntry]:
        """Unpublished entries that are due, oldest first, locked: no other relay gets them. Those of the topics
        `leaving_out` stay where they are.

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

    @abstractmethod
    async def forget(self, *, before: datetime, limit: int) -> int:
        """Delete notes from before that moment, and say how many."""


class OutboxBell(Protocol):
    """Wakes the relay when something was put into the outbox."""

    @abstractmethod
    async def wait(self, *, at_most: timedelta) -> None:
        """Return at the next commit that put something in, or after `at_most`. May return for no reason."""


class MessagePublisher(Protocol):
    @abstractmethod
    async def publish(self, messages: Sequence[Message]) -> Collection[UUID]:
        """Hand the messages over, in order, and answer the ids of those that are safe, once they are. The others were
        refused, each for itself. Raises Unavailable: repeat all of them. Bounded in time.
        """


class MessageSubscription(Protocol):
    """What arrives of some topics for one group of consumers, each message at one of its members.

    Whoever asks for the next delivery has room for it: while nobody asks, the member keeps its place in the group and
    takes nothing more.
    """

    @abstractmethod
    def deliveries(self) -> AsyncIterator[Delivery]:
        """Each once it arrives, in order for each key; again when it was not `done`. Ends with `close`."""

    @abstractmethod
    async def done(self, delivery: Delivery) -> None:
        """Neither this nor what came before it for the same key need arrive again. Raises nothing: what cannot be
        noted arrives again.
        """

    @abstractmethod
    async def close(self) -> None:
        """Take nothing more, note what is done and leave the group. Bounded in time; may be repeated."""
