"""Events on their way into the outbox: kept while the transaction runs, written just before it commits."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from adapters.postgres.outbox_table import OUTBOX_CHANNEL, outbox
from adapters.postgres.statements import Statement, insert_many
from adapters.postgres.transaction import Transaction
from application.events.envelope import to_message
from application.ports.ids import Ids
from domain.events import Aggregate, Event
from domain.jobs.events import TaskScheduled

Headers = Callable[[], Mapping[str, str]]


def _insert_and_ring() -> Statement:
    """One round trip: the notification goes out with the commit, once, however many rows there are."""
    insert = insert_many(outbox)
    ring = f"SELECT pg_notify('{OUTBOX_CHANNEL}', '') FROM added LIMIT 1"  # noqa: S608 - our own constant
    return replace(insert, text=f"WITH added AS ({insert.text} RETURNING 1) {ring}")


_INSERT = _insert_and_ring()


class OutboxWriter:
    """`headers` is asked once for each transaction that has something to say."""

    def __init__(self, transaction: Transaction, ids: Ids, headers: Headers) -> None:
        self._transaction = transaction
        self._ids = ids
        self._headers = headers
        self._events: list[Event] = []

    def collect(self, aggregates: Iterable[Aggregate]) -> None:
        """Take over what the aggregates have recorded, in their order."""
        for aggregate in aggregates:
            self._events += aggregate.pull_events()

    async def flush(self) -> None:
        """Write what was collected. A row is due at once, a pointer to a task when the task is."""
        if self._events:
            headers = dict(self._headers())
            rows = [self._row(event, headers) for event in self._events]
            await self._transaction.store_many(_INSERT, rows, subject=None)
            self._events.clear()

    def _row(self, event: Event, headers: dict[str, str]) -> dict[str, Any]:
        message = to_message(event, message_id=self._ids.new(), headers=headers)
        return {
            "message_id": message.id,
            "topic": message.topic,
            "key": message.key,
            "type": message.type,
            "payload": message.payload,
            "content_type": message.content_type,
            "headers": msgspec.json.encode(message.headers).decode(),
            "occurred_at": message.occurred_at,
            "available_at": event.not_before if isinstance(event, TaskScheduled) else message.occurred_at,
            "published_at": None,
        }
