"""On one machine nobody else listens: what happened is written to the log."""

from application.ports.log import Log
from application.ports.messaging import MessageSubscription


class EventLog:
    def __init__(self, *, subscription: MessageSubscription, log: Log) -> None:
        self._subscription = subscription
        self._log = log

    async def run(self) -> None:
        async for message in self._subscription.messages():
            self._log.info(message.type, topic=message.topic, key=message.key, payload=message.payload.decode())
