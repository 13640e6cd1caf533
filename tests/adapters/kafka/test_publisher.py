"""Messages that cannot go out yet, or never will."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.embedded.ports import free_ports
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.publisher import LARGEST_MESSAGE, KafkaPublisher
from adapters.kafka.subscription import KafkaSubscription
from adapters.kafka.topics import TopicPlan, create_topics
from application.ports.messaging import Message
from domain.errors import Unavailable
from tests.builders import IDS, NOW
from tests.contracts.messaging.receiving import Member, ids

TOPIC, SMALL = "vitrine.publisher.v1", "vitrine.small.v1"


def _message(topic: str = TOPIC, *, size: int = 2) -> Message:
    return Message(id=IDS.new(), topic=topic, key="k", type="t", payload=b"x" * size, occurred_at=NOW)


def _plan(name: str, largest: int) -> TopicPlan:
    return TopicPlan(name=name, keep=timedelta(hours=1), largest_message=largest, partitions=1, replication=1)


@pytest.fixture
async def cluster(kafka_servers: str, kafka_prefix: str) -> KafkaCluster:
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)
    await create_topics(cluster, [_plan(TOPIC, LARGEST_MESSAGE), _plan(SMALL, 10_000)])
    return cluster


@pytest.fixture
async def publisher(cluster: KafkaCluster) -> AsyncIterator[KafkaPublisher]:
    async with KafkaPublisher(cluster, patience=timedelta(seconds=6)) as publisher:
        yield publisher


async def test_a_dead_letter_with_a_message_of_the_usual_limit_goes_out(publisher: KafkaPublisher) -> None:
    large = _message(size=(1 << 20) + 50_000)

    assert list(await publisher.publish([large])) == [large.id]


async def test_what_the_broker_refuses_holds_up_nothing_else(publisher: KafkaPublisher) -> None:
    fine, too_large, no_topic, same = _message(), _message(SMALL, size=20_000), _message("nowhere"), _message("nowhere")
    beyond = _message(size=LARGEST_MESSAGE + 1)

    safe = await publisher.publish([no_topic, too_large, beyond, same, fine])

    assert list(safe) == [fine.id]
    again = _message()
    assert list(await publisher.publish([again])) == [again.id]


async def test_without_a_broker_it_is_unavailable_and_bounded() -> None:
    (port,) = free_ports(1)
    cluster = KafkaCluster(servers=f"127.0.0.1:{port}")
    async with KafkaPublisher(cluster, patience=timedelta(seconds=2)) as publisher:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await publisher.publish([_message()])


async def test_what_is_repeated_is_sent_again(publisher: KafkaPublisher, cluster: KafkaCluster) -> None:
    """A relay that was killed before it noted them publishes its messages once more: at least once, in order."""
    sent = [_message() for _ in range(3)]
    await publisher.publish(sent)
    await publisher.publish(sent)

    subscription = KafkaSubscription(cluster, group="group", topics=[TOPIC])
    subscription.start()
    member = Member(subscription)
    assert ids(await member.take(6)) == [str(message.id) for message in [*sent, *sent]]
    await member.leave()
