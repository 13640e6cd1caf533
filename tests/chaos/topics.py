"""What really lies in Kafka, read by a client that is not ours to improve."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """One record. `again` when the mischief has put it there a second time."""

    topic: str
    partition: int
    offset: int
    key: str
    id: str
    type: str
    again: bool


async def read_topics(servers: str, prefix: str) -> Sequence[Lying]:
    """Everything under `prefix`, in order within each partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        topics = [name for name in await admin.list_topics() if name.startswith(prefix)]
    finally:
        await admin.close()
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(_SECONDS):
            return await _drain(consumer, topics, prefix)
    finally:
        await consumer.stop()


async def _drain(consumer: AIOKafkaConsumer, topics: Sequence[str], prefix: str) -> Sequence[Lying]:
    await consumer._client.set_topics(topics)
    partitions = [TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    left = {partition for partition, end in ends.items() if end > 0}
    await consumer.seek_to_beginning(*partitions)
    found: list[Lying] = []
    while left:
        for partition, records in (await consumer.getmany(timeout_ms=500, max_records=1000)).items():
            for record in records:
                headers = dict(record.headers)
                found.append(
                    Lying(
                        topic=record.topic.removeprefix(prefix),
                        partition=record.partition,
                        offset=record.offset,
                        key=(record.key or b"").decode(errors="replace"),
                        id=headers.get("ce_id", b"").decode(),
                        type=headers.get("ce_type", b"").decode(),
                        again="again" in headers,
                    )
                )
            if records[-1].offset + 1 >= ends[partition]:
                left.discard(partition)
    return found
