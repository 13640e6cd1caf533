"""An outbox as an outage leaves it: the events of many batches of thirty photos, none of them published."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count, islice
from uuid import UUID, uuid4

import asyncpg
import msgspec

from adapters.postgres.outbox_table import OUTBOX_CHANNEL
from application.events.envelope import to_message
from application.ports.messaging import Message
from domain.batches.events import BatchOpened, BatchReady, BatchReceived
from domain.events import Event
from domain.ids import AssetId, BatchId, JobId, ListingId, TaskId
from domain.jobs.events import JobFinished, TaskScheduled
from domain.jobs.task import TaskKind
from domain.jobs.work import RunWork

_PHOTOS = 30
_COLUMNS = (
    *("message_id", "topic", "key", "type", "payload", "content_type"),
    *("headers", "occurred_at", "available_at"),
)


def backlog(number: int, now: datetime) -> Sequence[Message]:
    """As many messages, in the order in which they happened."""
    events = (event for _ in count() for event in _of_a_batch(now))
    headers = {"traceparent": f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"}
    return [to_message(event, message_id=uuid4(), headers=headers) for event in islice(events, number)]


def _of_a_batch(now: datetime) -> Iterator[Event]:
    batch, listing, job = BatchId(uuid4()), ListingId(uuid4()), JobId(uuid4())

    def scheduled(kind: TaskKind, asset: UUID | None) -> Event:
        asset_id = AssetId(asset) if asset else None
        work = RunWork(job_id=job, batch_id=batch, listing_id=listing, asset_id=asset_id, run=1)
        return TaskScheduled(task_id=TaskId(uuid4()), kind=kind, **work.ids, not_before=now, occurred_at=now)

    yield BatchOpened(batch_id=batch, listing_id=listing, reference="shoot-1", files=_PHOTOS, occurred_at=now)
    yield BatchReceived(batch_id=batch, listing_id=listing, job_id=job, occurred_at=now)
    yield from (scheduled(TaskKind.IMAGE, uuid4()) for _ in range(_PHOTOS))
    yield scheduled(TaskKind.ARCHIVE, None)
    yield JobFinished(
        job_id=job, batch_id=batch, listing_id=listing, status="SUCCEEDED", error_code=None, occurred_at=now
    )
    yield BatchReady(batch_id=batch, listing_id=listing, occurred_at=now)


async def put_in(database: asyncpg.Connection, messages: Sequence[Message]) -> None:
    """All at once, and ring."""
    async with database.transaction():
        await database.copy_records_to_table("outbox", columns=_COLUMNS, records=map(_row, messages))
        await database.execute(f"NOTIFY {OUTBOX_CHANNEL}")


def _row(message: Message) -> tuple[object, ...]:
    return (
        *(message.id, message.topic, message.key, message.type, message.payload, message.content_type),
        *(msgspec.json.encode(message.headers).decode(), message.occurred_at, message.occurred_at),
    )
