"""The broker that tests share."""

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def test_a_topic_of_the_tests_own(kafka_servers: str, kafka_prefix: str) -> None:
    topic = f"{kafka_prefix}photos"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_servers, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, b"a photo")
    group = f"{kafka_prefix}readers"
    async with AIOKafkaConsumer(
        topic, group_id=group, bootstrap_servers=kafka_servers, auto_offset_reset="earliest"
    ) as consumer:
        assert (await consumer.getone()).value == b"a photo"
