"""On one machine nobody else listens: what happened is written to the log."""

import asyncio

from application.events.cloud_events import read_cloud_event
from application.ports.log import Log
from application.ports.messaging import MessageSubscription
from entrypoints.consumer.part import Part


class EventLog(Part):
    def __init__(self, *, subscription: MessageSubscription, log: Log) -> None:
        self._subscription = subscription
        self._log = log
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write())
            await self._stopping.wait()
            await self._subscription.close()

    async def _write(self) -> None:
        async for delivery in self._subscription.deliveries():
            event = read_cloud_event(delivery)
            key = (delivery.key or b"").decode(errors="replace")
            self._log.info(event.type, topic=delivery.topic, key=key, payload=event.data.decode(errors="replace"))
            await self._subscription.done(delivery)
