"""On one machine nobody else listens: what happened is written to the log."""

from application.events.cloud_events import read_cloud_event
from application.ports.log import Log
from application.ports.messaging import Delivery
from entrypoints.consumer.handling import Outcome


class EventLog:
    def __init__(self, *, log: Log) -> None:
        self._log = log

    async def __call__(self, delivery: Delivery) -> Outcome:
        event = read_cloud_event(delivery)
        key = (delivery.key or b"").decode(errors="replace")
        self._log.info(event.type, topic=delivery.topic, key=key, payload=event.data.decode(errors="replace"))
        return Outcome.APPLIED
