from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.memory.database import OutboxRecord
from adapters.memory.transaction import MemoryTransaction
from application.ports.messaging import OutboxEntry, OutboxQueue


class MemoryOutbox(OutboxQueue):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def take(self, *, limit: int, now: datetime, leaving_out: Collection[str] = ()) -> Sequence[OutboxEntry]:
        oldest: dict[tuple[str, str], OutboxRecord] = {}
        for record in self._due(now):
            if record.message.topic in leaving_out:
                continue
            oldest.setdefault((record.message.topic, record.message.key), record)
        taken: list[OutboxEntry] = []
        for record in oldest.values():
            if len(taken) < limit and await self._transaction.lock_unless_held(OutboxRecord, record.position):
                taken.append(OutboxEntry(position=record.position, message=record.message))
        return taken

    async def mark_published(self, positions: Sequence[int], *, now: datetime) -> None:
        for position in positions:
            await self._transaction.lock(OutboxRecord, position)
            record = self._transaction.find(OutboxRecord, position)
            if record is not None:
                self._transaction.put(OutboxRecord, position, replace(record, published_at=now))

    async def forget_published(self, *, before: datetime, limit: int) -> int:
        published = self._transaction.select(
            OutboxRecord, lambda record: record.published_at is not None and record.published_at < before
        )
        forgotten = 0
        for record in published[:limit]:
            if await self._transaction.lock_unless_held(OutboxRecord, record.position):
                self._transaction.remove(OutboxRecord, record.position)
                forgotten += 1
        return forgotten

    async def lag(self, *, now: datetime) -> timedelta:
        return max((now - record.available_at for record in self._due(now)), default=timedelta())

    def _due(self, now: datetime) -> list[OutboxRecord]:
        due = self._transaction.select(
            OutboxRecord, lambda record: record.published_at is None and record.available_at <= now
        )
        return sorted(due, key=lambda record: record.position)
