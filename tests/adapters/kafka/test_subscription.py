"""What others may put on a topic, and what must not stop those behind it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.subscription import KafkaSubscription
from adapters.kafka.topics import TopicPlan, create_topics
from tests.contracts.messaging.receiving import QUIET, Member

TOPIC = "vitrine.foreign.v1"
GETMANY = AIOKafkaConsumer.getmany


async def broken_parser(self: AIOKafkaConsumer, *partitions: TopicPartition, **options: Any) -> Any:
    """As the real one does at a header whose name is no text: it raises, and stays where it was."""
    found = await GETMANY(self, *partitions, **options)
    for partition, records in found.items():
        self.seek(partition, records[0].offset)
    if any(record.value == b"broken" for records in found.values() for record in records):
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    for partition, records in found.items():
        self.seek(partition, records[-1].offset + 1)
    return found


@pytest.fixture
async def cluster(kafka_servers: str, kafka_prefix: str) -> KafkaCluster:
    cluster = KafkaCluster(servers=kafka_servers, prefix=kafka_prefix)
    plan = TopicPlan(name=TOPIC, keep=timedelta(hours=1), largest_message=1 << 20, partitions=1, replication=1)
    await create_topics(cluster, [plan])
    return cluster


@pytest.fixture
async def member(cluster: KafkaCluster) -> AsyncIterator[Member]:
    subscription = KafkaSubscription(cluster, group="group", topics=[TOPIC])
    subscription.start()
    member = Member(subscription)
    yield member
    await member.leave()


async def _put(cluster: KafkaCluster, *bodies: bytes, headers: Any = (), **producer: Any) -> None:
    async with AIOKafkaProducer(bootstrap_servers=cluster.servers, **producer) as foreign:
        for body in bodies:
            await foreign.send_and_wait(cluster.topic(TOPIC), body, headers=list(headers))


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_compression_of_kafka_is_read(cluster: KafkaCluster, member: Member, codec: str) -> None:
    await _put(cluster, b"x" * 10_000, compression_type=codec)

    (delivery,) = await member.take(1)
    assert delivery.body == b"x" * 10_000


async def test_headers_without_a_value_and_messages_without_a_body(cluster: KafkaCluster, member: Member) -> None:
    await _put(cluster, b"", headers=[("empty", None), ("full", b"1")])
    async with AIOKafkaProducer(bootstrap_servers=cluster.servers) as foreign:
        await foreign.send_and_wait(cluster.topic(TOPIC), None, key=b"k")

    first, tombstone = await member.take(2)
    assert first.headers == {"empty": b"", "full": b"1"}
    assert (tombstone.key, tombstone.body, tombstone.headers) == (b"k", b"", {})


async def test_a_record_that_cannot_be_taken_apart_hides_nobody(
    cluster: KafkaCluster, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AIOKafkaConsumer, "getmany", broken_parser)
    await _put(cluster, b"before", b"broken")
    await _put(cluster, b"after", b"later")

    deliveries = await member.take(4)

    assert [delivery.body for delivery in deliveries] == [b"before", b"", b"after", b"later"]
    assert [delivery.place for delivery in deliveries] == ["0/0", "0/1", "0/2", "0/3"]
    assert deliveries[1].headers == {"vitrine-unreadable": b"UnicodeDecodeError"}


async def test_a_late_word_does_not_take_the_group_back(cluster: KafkaCluster) -> None:
    """Its partition went to another member, and came back, before the first delivery was done."""

    def joined() -> KafkaSubscription:
        subscription = KafkaSubscription(cluster, group="late", topics=[TOPIC])
        subscription.start()
        return subscription

    slow = Member(joined())
    await _put(cluster, b"0", b"1", b"2")
    (stale, *_) = await slow.take(1, done=False)
    await slow.leave()
    quick = Member(joined())
    await quick.take(3)

    await slow.done(stale)
    await quick.leave()

    assert await Member(joined()).take_one(within=4 * QUIET) is None
