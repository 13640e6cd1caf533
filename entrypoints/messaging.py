"""How messages travel: over Kafka where the settings name it, else within this process."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Protocol

from adapters.memory.bus import InProcessBus
from application.ports.log import Log
from application.ports.messaging import MessagePublisher, MessageSubscription
from entrypoints.consumer.loops import Loops
from entrypoints.settings import Settings


class Messaging(Protocol):
    publisher: MessagePublisher

    @abstractmethod
    def subscribe(self, group: str, topics: Collection[str]) -> MessageSubscription:
        """From now on, until it is closed. Before anything is published, where messages stay in the process."""

    @abstractmethod
    async def ping(self) -> None:
        """Raises Unavailable."""


class InProcessMessaging(Messaging):
    def __init__(self, bus: InProcessBus) -> None:
        self.publisher = bus
        self._bus = bus

    def subscribe(self, group: str, topics: Collection[str]) -> MessageSubscription:
        return self._bus.subscribe(group, topics)

    async def ping(self) -> None:
        """It is here."""


@asynccontextmanager
async def open_messaging(settings: Settings, loops: Loops, log: Log) -> AsyncIterator[Messaging]:
    """Connects to nothing yet."""
    if settings.kafka_servers is None:
        yield InProcessMessaging(InProcessBus())
        return
    # The driver takes a tenth of a second to import, and one process with everything in it does without.
    from entrypoints.kafka_messaging import open_kafka  # noqa: PLC0415

    async with open_kafka(settings, loops, log) as messaging:
        yield messaging
