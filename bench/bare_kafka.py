"""The floor for messages: aiokafka alone, with the settings of our publisher. `python -m bench.bare_kafka` produces
what it is given on its standard input, in a process of its own.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

_PATIENCE = 30


class Record(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    key: bytes
    value: bytes
    headers: dict[str, str]

    @property
    def pairs(self) -> Sequence[tuple[str, bytes]]:
        return [(name, value.encode()) for name, value in self.headers.items()]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    servers: str
    records: list[Record]


class BarePair:
    """A producer and a consumer on one event loop."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self._producer = producer
        self._consumer = consumer

    async def seconds(self, record: Record) -> float:
        """From the call to send to the arrival."""
        async with asyncio.timeout(_PATIENCE):
            started = perf_counter()
            safe = await self._producer.send(record.topic, value=record.value, key=record.key, headers=record.pairs)
            await self._consumer.getone()
            seconds = perf_counter() - started
            await safe
        return seconds


@asynccontextmanager
async def open_pair(servers: str, topic: str) -> AsyncIterator[BarePair]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=topic,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=250,
    )
    async with _producing(servers) as producer, consumer:
        yield BarePair(producer, consumer)


def _producing(servers: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=2)


async def _produce(order: Order) -> float:
    """Seconds until the last of them is acknowledged; the first few do not count."""
    async with _producing(order.servers) as producer:
        await _send(producer, order.records[:200])
        started = perf_counter()
        await _send(producer, order.records)
        return perf_counter() - started


async def _send(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
    await asyncio.gather(
        *[
            await producer.send(record.topic, value=record.value, key=record.key, headers=record.pairs)
            for record in records
        ]
    )


if __name__ == "__main__":
    print(uvloop.run(_produce(msgspec.json.decode(sys.stdin.buffer.read(), type=Order))))
