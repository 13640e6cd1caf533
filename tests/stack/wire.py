"""Kafka as everybody else sees it: a client of its own, with nothing of ours in it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from tests.system.waiting import eventually

Record = ConsumerRecord


class Wire:
    """`heard` is everything that was published since it was opened, by topic without its prefix."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._producer = producer
        self._consumer = consumer
        self._prefix = prefix
        self.heard: list[tuple[str, Record]] = []

    async def tell(
        self, topic: str, type_: str, data: Any, *, key: str = "k", at: datetime | None = None, id_: str | None = None
    ) -> str:
        """A CloudEvent in binary mode, from the marketplace; its id."""
        event_id = id_ or str(uuid4())
        headers = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": "/marketplace",
            "ce_type": type_,
            "ce_time": (at or datetime.now(UTC)).isoformat(),
            "content-type": "application/json",
        }
        await self.put(topic, msgspec.json.encode(data), key=key, headers=headers)
        return event_id

    async def put(self, topic: str, body: bytes, *, key: str = "k", headers: Mapping[str, str] | None = None) -> None:
        """Any bytes."""
        named = [(name, value.encode()) for name, value in (headers or {}).items()]
        await self._producer.send_and_wait(self._prefix + topic, body, key=key.encode(), headers=named)

    async def hear(self, topic: str, *, key: str | None = None, within: float = 60, **headers: str) -> Record:
        """The first record of the topic with that key and these headers (`ce_type="..."`)."""

        async def found() -> Record | None:
            await self._listen()
            for name, record in self.heard:
                if name == topic and _fits(record, key, headers):
                    return record
            return None

        return await eventually(found, within=within, expecting=f"{topic} carries {key or ''} {headers}")

    async def _listen(self) -> None:
        for records in (await self._consumer.getmany(timeout_ms=200)).values():
            self.heard += [(record.topic.removeprefix(self._prefix), record) for record in records]


def headers_of(record: Record) -> Mapping[str, str]:
    return {name: value.decode(errors="replace") for name, value in record.headers}


def _fits(record: Record, key: str | None, headers: Mapping[str, str]) -> bool:
    given = headers_of(record)
    return (key is None or record.key == key.encode()) and all(
        given.get(name) == want for name, want in headers.items()
    )


@asynccontextmanager
async def open_wire(servers: str, prefix: str) -> AsyncIterator[Wire]:
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.subscribe(pattern=f"^{prefix.replace('.', '[.]')}.*")
    await producer.start()
    try:
        await consumer.start()
        try:
            yield Wire(producer, consumer, prefix)
        finally:
            await consumer.stop()
    finally:
        await producer.stop()
