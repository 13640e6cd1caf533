"""Kafka as it may behave: everything arrives once more, late, and in another order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from application.events.routing import LISTINGS_TOPIC
from tests.chaos.scene import Scene
from tests.system.waiting import eventually

AGAIN = ("again", b"1")
_TOPICS = ("vitrine.tasks.image.v1", "vitrine.tasks.video.v1", "vitrine.tasks.archive.v1")
_OWNER = "SELECT owner_id FROM listings WHERE id = $1"


async def everything_twice_and_shuffled(scene: Scene) -> int:
    """Every pointer is put on its topic a second and a third time, after others that came later."""
    consumer = AIOKafkaConsumer(
        *(scene.prefix + topic for topic in _TOPICS),
        bootstrap_servers=scene.kafka.servers,
        group_id=f"mischief-{uuid4()}",
        auto_offset_reset="latest",
    )
    producer = AIOKafkaProducer(bootstrap_servers=scene.kafka.servers)
    await consumer.start()
    await producer.start()
    repeated = 0
    try:
        for _ in range(int(scene.seconds(8, 40))):
            records = [record for found in (await consumer.getmany(timeout_ms=1000)).values() for record in found]
            fresh = [record for record in records if AGAIN not in record.headers] * 2
            scene.rng.shuffle(fresh)
            for record in fresh:
                await producer.send_and_wait(
                    record.topic, record.value, key=record.key, headers=[*record.headers, AGAIN]
                )
            repeated += len(fresh)
    finally:
        await producer.stop()
        await consumer.stop()
    return repeated


async def facts_twice_and_shuffled(scene: Scene) -> int:
    """Listings whose facts change faster than they arrive: the newest must stand in the end."""
    producer = AIOKafkaProducer(bootstrap_servers=scene.kafka.servers)
    await producer.start()
    newest: dict[UUID, UUID] = {}
    messages: list[tuple[UUID, dict[str, bytes], bytes]] = []
    store_id, start = uuid4(), datetime.now(UTC) - timedelta(hours=1)
    for _ in range(int(scene.seconds(8, 40))):
        listing_id = uuid4()
        for version in range(6):
            newest[listing_id] = uuid4()
            moment = start + timedelta(seconds=version)
            messages.append((listing_id, _headers(moment), _facts(listing_id, store_id, newest[listing_id])))
    sent = messages * 2
    scene.rng.shuffle(sent)
    try:
        for listing_id, headers, body in sent:
            await producer.send_and_wait(
                scene.prefix + LISTINGS_TOPIC, body, key=str(listing_id).encode(), headers=list(headers.items())
            )
    finally:
        await producer.stop()
    await _newest_stand(scene.stack.dsn(), newest)
    return len(sent)


def _headers(moment: datetime) -> dict[str, bytes]:
    event = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "/marketplace",
        "ce_type": "vitrine.listing.upserted",
        "ce_time": moment.isoformat(),
        "content-type": "application/json",
    }
    return {name: value.encode() for name, value in event.items()}


def _facts(listing_id: UUID, store_id: UUID, owner_id: UUID) -> bytes:
    facts: dict[str, Any] = {
        "listingId": listing_id,
        "storeId": store_id,
        "ownerId": owner_id,
        "kind": "PROPERTY",
        "status": "DRAFT",
        "bookings": [],
    }
    return msgspec.json.encode(facts)


async def _newest_stand(dsn: str, newest: dict[UUID, UUID]) -> None:
    database = await asyncpg.connect(dsn, timeout=10, command_timeout=30)

    async def stand() -> bool:
        found = {listing_id: await database.fetchval(_OWNER, listing_id) for listing_id in newest}
        return found == newest

    try:
        await eventually(stand, within=60, expecting="the newest facts of every listing stand", every=0.5)
    finally:
        await database.close(timeout=5)
