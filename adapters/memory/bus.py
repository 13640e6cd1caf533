"""Messages within one process: how events travel where one machine runs everything."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID
from zlib import crc32

from application.events.cloud_events import to_headers
from application.ports.messaging import Delivery, Message, MessagePublisher, MessageSubscription
from domain.errors import Unavailable

_PARTITIONS = 12


class InProcessSubscription(MessageSubscription):
    def __init__(self, group: "_Group") -> None:
        self._group = group
        self._arrived = asyncio.Event()
        self._closed = False
        group.join(self)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while not self._closed:
            delivery = self._group.next_for(self)
            if delivery is not None:
                yield delivery
                continue
            self._arrived.clear()
            await self._arrived.wait()

    async def done(self, delivery: Delivery) -> None:
        self._group.done(self, delivery)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._group.leave(self)
            self.wake()

    def wake(self) -> None:
        """There may be something."""
        self._arrived.set()


class InProcessBus(MessagePublisher):
    """Hands messages to the groups of this process, as a broker would.

    A message of a topic that no group has subscribed to is dropped, so subscribe before publishing. What waits when the
    process ends is lost: workers look for tasks that wait, other events are not repeated. A group that does not make
    room within `patience` refuses the message; others may have got it.
    """

    def __init__(self, *, capacity: int = 1000, patience: timedelta = timedelta(seconds=1)) -> None:
        self._capacity = capacity
        self._patience = patience
        self._groups: dict[str, _Group] = {}

    def subscribe(self, group: str, topics: Collection[str]) -> InProcessSubscription:
        """Become a member. All members of a group name the same topics; at most `capacity` messages wait for it."""
        return InProcessSubscription(self._groups.setdefault(group, _Group(topics, self._capacity)))

    async def publish(self, messages: Sequence[Message]) -> Collection[UUID]:
        """Without those of topics that a group has no room for: one that is full holds up no other."""
        full: set[str] = set()
        safe = []
        for message in messages:
            if message.topic in full:
                continue
            try:
                async with asyncio.timeout(self._patience.total_seconds()):
                    await self._hand_out(message)
            except TimeoutError:
                full.add(message.topic)
            else:
                safe.append(message.id)
        if messages and not safe:
            raise Unavailable("subscribers in this process do not keep up")
        return safe

    async def _hand_out(self, message: Message) -> None:
        delivery = _delivery(message)
        for group in list(self._groups.values()):
            if message.topic in group.topics:
                await group.put(delivery)


class _Group:
    """Its members share the partitions; what one of them has not done goes to the next owner of the partition."""

    def __init__(self, topics: Collection[str], capacity: int) -> None:
        self.topics = frozenset(topics)
        self._capacity = capacity
        self._members: list[InProcessSubscription] = []
        self._waiting: list[deque[Delivery]] = [deque() for _ in range(_PARTITIONS)]
        self._handed_out = [0] * _PARTITIONS
        self._room = asyncio.Event()

    def join(self, member: InProcessSubscription) -> None:
        self._rebalance([*self._members, member])

    def leave(self, member: InProcessSubscription) -> None:
        self._rebalance([other for other in self._members if other is not member])

    def next_for(self, member: InProcessSubscription) -> Delivery | None:
        for number, waiting in enumerate(self._waiting):
            place = self._handed_out[number]
            if place < len(waiting) and self._owner(number) is member:
                self._handed_out[number] += 1
                return waiting[place]
        return None

    def done(self, member: InProcessSubscription, delivery: Delivery) -> None:
        number = _partition(delivery)
        waiting = self._waiting[number]
        at_hand = islice(waiting, self._handed_out[number])
        if self._owner(number) is not member or not any(each is delivery for each in at_hand):
            return
        while waiting.popleft() is not delivery:
            self._handed_out[number] -= 1
        self._handed_out[number] -= 1
        self._room.set()

    async def put(self, delivery: Delivery) -> None:
        """Wait for room."""
        while sum(map(len, self._waiting)) >= self._capacity:
            self._room.clear()
            await self._room.wait()
        self._waiting[_partition(delivery)].append(delivery)
        for member in self._members:
            member.wake()

    def _owner(self, partition: int) -> InProcessSubscription | None:
        return self._members[partition % len(self._members)] if self._members else None

    def _rebalance(self, members: list[InProcessSubscription]) -> None:
        before = [self._owner(number) for number in range(_PARTITIONS)]
        self._members = members
        for number in range(_PARTITIONS):
            if self._owner(number) is not before[number]:
                self._handed_out[number] = 0
        for member in members:
            member.wake()


def _partition(delivery: Delivery) -> int:
    return crc32(delivery.key or b"") % _PARTITIONS


def _delivery(message: Message) -> Delivery:
    return Delivery(
        topic=message.topic,
        place=str(message.id),
        key=message.key.encode(),
        headers={name: value.encode() for name, value in to_headers(message).items()},
        body=message.payload,
    )
