from datetime import timedelta

import pytest

from adapters.embedded.ports import free_ports
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.ping import ping
from adapters.kafka.topics import FoundTopic, TopicPlan, create_topics
from domain.errors import Unavailable


def _plan(name: str, *, partitions: int = 3, replication: int = 1) -> TopicPlan:
    return TopicPlan(
        name=name, keep=timedelta(days=1), largest_message=1 << 20, partitions=partitions, replication=replication
    )


async def test_missing_topics_are_created_and_others_left_alone(kafka_servers: str, kafka_prefix: str) -> None:
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)

    first = await create_topics(cluster, [_plan("one")])
    again = await create_topics(cluster, [_plan("one", partitions=7), _plan("two")])

    assert first == [FoundTopic(name=f"{kafka_prefix}one", created=True, partitions=3)]
    assert again == [
        FoundTopic(name=f"{kafka_prefix}one", created=False, partitions=3),
        FoundTopic(name=f"{kafka_prefix}two", created=True, partitions=3),
    ]


async def test_a_new_topic_is_known_with_all_its_partitions(kafka_servers: str, kafka_prefix: str) -> None:
    """A broker that is asked at once says of every second one that it has none."""
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)

    for number in range(6):
        (found,) = await create_topics(cluster, [_plan(f"topic-{number}", partitions=8)])
        assert found == FoundTopic(name=f"{kafka_prefix}topic-{number}", created=True, partitions=8)


async def test_what_the_cluster_cannot_do_is_said(kafka_servers: str, kafka_prefix: str) -> None:
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)

    with pytest.raises(Unavailable, match="replication factor"):
        await create_topics(cluster, [_plan("one", replication=9)])


async def test_ping(kafka_servers: str) -> None:
    await ping(KafkaCluster(servers=kafka_servers))

    (port,) = free_ports(1)
    with pytest.raises(Unavailable):
        await ping(KafkaCluster(servers=f"127.0.0.1:{port}"))
