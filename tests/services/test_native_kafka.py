"""A broker on this machine keeps its port and its data, and goes when its holder goes."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from adapters.embedded import ServerStartFailed
from tests.services.java import Java, find_java
from tests.services.kafka_answers import answers
from tests.services.kafka_jars import jars_folder
from tests.services.native_kafka import NativeKafka
from tests.services.own_kafka import OWN_KAFKA

_HOLDER = """
import asyncio
from tests.services import own_kafka

async def hold():
    async with own_kafka.running() as kafka:
        print(kafka.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest.fixture(scope="module")
async def kafka() -> AsyncIterator[NativeKafka]:
    async with OWN_KAFKA.open() as kafka:
        yield kafka


async def write(kafka: NativeKafka, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.servers, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def read(kafka: NativeKafka, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=kafka.servers, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_it_comes_back_on_the_same_port_with_its_data(kafka: NativeKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.servers)
    await admin.start()
    await admin.create_topics([NewTopic("photos", num_partitions=1, replication_factor=1)])
    await admin.close()
    servers = kafka.servers
    await write(kafka, "photos", b"one")

    await kafka.stop()
    assert not await answers(servers, within=5)
    await kafka.stop()
    await kafka.start()
    await write(kafka, "photos", b"two")
    await kafka.kill()
    await kafka.start()
    await kafka.start()

    assert kafka.servers == servers
    assert await read(kafka, "photos", 2) == [b"one", b"two"]


async def test_paused_it_says_nothing_until_it_is_resumed(kafka: NativeKafka) -> None:
    kafka.pause()
    assert not await answers(kafka.servers, within=0.5)
    kafka.resume()
    assert await answers(kafka.servers, within=20)


async def test_a_paused_one_can_be_stopped(kafka: NativeKafka) -> None:
    broker = psutil.Process(kafka.pid)
    kafka.pause()
    await kafka.stop()
    assert not broker.is_running()
    await kafka.start()


@pytest.fixture
def java() -> Java:
    OWN_KAFKA.open()
    found = find_java()
    assert found is not None
    return found


@contextmanager
def holder(folder: Path) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    environment = os.environ | {"TMPDIR": str(folder)}  # a killed holder does not tidy up
    process = subprocess.Popen([sys.executable, "-c", _HOLDER], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        yield process, psutil.Process(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells nobody of the death of a parent")
@pytest.mark.usefixtures("java")
def test_it_ends_with_a_holder_that_is_killed(tmp_path: Path) -> None:
    with holder(tmp_path) as (process, broker):
        process.kill()
        process.wait(10)
        broker.wait(10)


async def test_a_start_that_fails_is_bounded_and_tells_why(java: Java, tmp_path: Path) -> None:
    with pytest.raises(ServerStartFailed, match=r"Kafka was not ready after 0\.1 s"):
        await NativeKafka(tmp_path / "slow", java=java, jars=jars_folder(), start_seconds=0.1).__aenter__()
    with pytest.raises(ServerStartFailed, match=r"ClassNotFoundException: kafka\.tools\.StorageTool"):
        await NativeKafka(tmp_path / "bare", java=java, jars=tmp_path).__aenter__()
