"""Messages over the Kafka that the settings name."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.ping import ping
from adapters.kafka.publisher import KafkaPublisher
from adapters.kafka.subscription import KafkaSubscription
from application.ports.log import Log
from application.ports.messaging import MessageSubscription
from entrypoints.consumer.loops import Loops
from entrypoints.messaging import Messaging
from entrypoints.settings import InvalidSettings, Settings


class KafkaMessaging(Messaging):
    def __init__(self, cluster: KafkaCluster, publisher: KafkaPublisher, loops: Loops, log: Log) -> None:
        self.publisher = publisher
        self._cluster = cluster
        self._loops = loops
        self._log = log

    def subscribe(self, group: str, topics: Collection[str]) -> MessageSubscription:
        def tell(trouble: Exception) -> None:
            self._log.warning("kafka.trouble", group=group, detail=str(trouble) or type(trouble).__name__)

        beat = self._loops.watch(f"poll {group}")
        subscription = KafkaSubscription(self._cluster, group=group, topics=topics, on_poll=beat, on_trouble=tell)
        subscription.start()
        return subscription

    async def ping(self) -> None:
        await ping(self._cluster)


@asynccontextmanager
async def open_kafka(settings: Settings, loops: Loops, log: Log) -> AsyncIterator[Messaging]:
    """Connects to nothing yet. Raises InvalidSettings."""
    cluster = kafka_cluster(settings)
    async with KafkaPublisher(cluster) as publisher:
        yield KafkaMessaging(cluster, publisher, loops, log)


def kafka_cluster(settings: Settings) -> KafkaCluster:
    """Raises InvalidSettings with everything that is missing."""
    problems = []
    if settings.kafka_servers is None:
        problems.append("VITRINE_KAFKA_SERVERS is needed")
    if settings.kafka_security.startswith("SASL"):
        given = {"VITRINE_KAFKA_USERNAME": settings.kafka_username, "VITRINE_KAFKA_PASSWORD": settings.kafka_password}
        problems += [
            f"VITRINE_KAFKA_SECURITY={settings.kafka_security} needs {name}" for name in given if not given[name]
        ]
    if problems:
        raise InvalidSettings(problems)
    return KafkaCluster(
        servers=settings.kafka_servers or "",
        prefix=settings.kafka_prefix,
        security=settings.kafka_security,
        sasl_mechanism=settings.kafka_sasl_mechanism,
        username=settings.kafka_username,
        password=settings.kafka_password,
        ca_file=settings.kafka_ca_file,
    )
