"""One behaviour for what carries messages: each suite here runs in memory and over a real Kafka."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.publisher import KafkaPublisher
from adapters.kafka.subscription import KafkaSubscription
from adapters.kafka.topics import TopicPlan, create_topics
from adapters.memory.bus import InProcessBus
from application.ports.messaging import MessagePublisher, MessageSubscription

TOPIC, ANOTHER = "vitrine.suite.v1", "vitrine.another-suite.v1"


class Broker(ABC):
    """With two topics, empty. Every subscription ends with the test."""

    publisher: MessagePublisher

    def __init__(self) -> None:
        self.ending = AsyncExitStack()

    def join(self, group: str, *topics: str) -> MessageSubscription:
        subscription = self.subscription(group, topics or (TOPIC,))
        self.ending.push_async_callback(subscription.close)
        return subscription

    @abstractmethod
    def subscription(self, group: str, topics: tuple[str, ...]) -> MessageSubscription: ...


class MemoryBroker(Broker):
    def __init__(self) -> None:
        super().__init__()
        self.publisher = self._bus = InProcessBus()

    def subscription(self, group: str, topics: tuple[str, ...]) -> MessageSubscription:
        return self._bus.subscribe(group, topics)


class KafkaBroker(Broker):
    def __init__(self, cluster: KafkaCluster, publisher: KafkaPublisher) -> None:
        super().__init__()
        self.publisher = publisher
        self._cluster = cluster

    def subscription(self, group: str, topics: tuple[str, ...]) -> MessageSubscription:
        subscription = KafkaSubscription(self._cluster, group=group, topics=topics)
        subscription.start()
        return subscription


@pytest.fixture
async def memory_broker() -> AsyncIterator[Broker]:
    broker = MemoryBroker()
    async with broker.ending:
        yield broker


@pytest.fixture
async def kafka_broker(kafka_servers: str, kafka_prefix: str) -> AsyncIterator[Broker]:
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)
    plans = [
        TopicPlan(name=name, keep=timedelta(hours=1), largest_message=1 << 20, partitions=4, replication=1)
        for name in (TOPIC, ANOTHER)
    ]
    await create_topics(cluster, plans)
    async with KafkaPublisher(cluster) as publisher:
        broker = KafkaBroker(cluster, publisher)
        async with broker.ending:
            yield broker


@pytest.fixture(params=["memory", "kafka"])
def broker(request: pytest.FixtureRequest) -> Broker:
    found = request.getfixturevalue(f"{request.param}_broker")
    assert isinstance(found, Broker)
    return found
