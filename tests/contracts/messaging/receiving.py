"""Taking messages out of a subscription in a test, and not for ever."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from application.ports.messaging import Delivery, Message, MessageSubscription
from tests.builders import IDS, NOW
from tests.contracts.messaging.conftest import TOPIC

PATIENCE = 30.0
QUIET = 1.0


def build_message(number: int = 0, *, topic: str = TOPIC, key: str = "key") -> Message:
    return Message(
        id=IDS.new(),
        topic=topic,
        key=key,
        type="vitrine.suite.happened",
        payload=f'{{"number":{number}}}'.encode(),
        occurred_at=NOW,
        headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    )


class Member:
    """Takes from one subscription, and remembers."""

    def __init__(self, subscription: MessageSubscription) -> None:
        self._subscription = subscription
        self._deliveries: AsyncIterator[Delivery] = aiter(subscription.deliveries())
        self._next: asyncio.Task[Delivery] | None = None

    async def take(self, number: int, *, done: bool = True, within: float = PATIENCE) -> Sequence[Delivery]:
        """That many; fails when fewer come in time."""
        taken = []
        for _ in range(number):
            delivery = await self.take_one(within=within)
            assert delivery is not None, f"{len(taken)} of {number} came"
            taken.append(delivery)
            if done:
                await self._subscription.done(delivery)
        return taken

    async def take_one(self, *, within: float) -> Delivery | None:
        """Not done. None when nothing comes; it may still come at the next call."""
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._deliveries))
        await asyncio.wait([self._next], timeout=within)
        if not self._next.done():
            return None
        taken, self._next = self._next, None
        return taken.result()

    async def done(self, delivery: Delivery) -> None:
        await self._subscription.done(delivery)

    async def leave(self) -> None:
        await self._subscription.close()
        if self._next is not None:
            await asyncio.gather(self._next, return_exceptions=True)


def ids(deliveries: Sequence[Delivery]) -> Sequence[str]:
    return [delivery.headers["ce_id"].decode() for delivery in deliveries]
