"""Messages within one process: how events travel where one machine runs everything."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta

from application.ports.messaging import Message, MessagePublisher, MessageSubscription
from domain.errors import Unavailable


class InProcessSubscription(MessageSubscription):
    """Its own copy of every message of its topics. Several tasks may iterate: each message goes to one of them."""

    def __init__(self, topics: Collection[str], *, capacity: int) -> None:
        self.topics = frozenset(topics)
        self._queue: asyncio.Queue[Message] = asyncio.Queue(capacity)

    async def messages(self) -> AsyncIterator[Message]:
        while True:
            yield await self._queue.get()

    async def put(self, message: Message) -> None:
        """Wait for room."""
        await self._queue.put(message)


class InProcessBus(MessagePublisher):
    """Hands messages to the subscriptions of this process.

    A message of a topic that nobody has subscribed to is dropped, so subscribe before publishing. What waits in a
    queue when the process ends is lost: tasks are announced again by the sweeper, other events are not. When a
    subscription does not make room within `patience`, `publish` raises Unavailable; others may have got the message.
    """

    def __init__(self, *, capacity: int = 1000, patience: timedelta = timedelta(seconds=5)) -> None:
        self._capacity = capacity
        self._patience = patience
        self._subscriptions: list[InProcessSubscription] = []

    def subscribe(self, topics: Collection[str]) -> InProcessSubscription:
        """From now on. At most `capacity` messages wait in it."""
        subscription = InProcessSubscription(topics, capacity=self._capacity)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: InProcessSubscription) -> None:
        """Nothing more is handed to it; what waits in it stays. May be repeated."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    async def publish(self, messages: Sequence[Message]) -> None:
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                for message in messages:
                    await self._hand_out(message)
        except TimeoutError as error:
            raise Unavailable("a subscriber in this process does not keep up") from error

    async def _hand_out(self, message: Message) -> None:
        for subscription in list(self._subscriptions):
            if message.topic in subscription.topics:
                await subscription.put(message)
