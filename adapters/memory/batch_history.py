from collections.abc import Sequence
from datetime import datetime

from adapters.memory.transaction import MemoryTransaction
from domain.batches.batch import IN_FLIGHT, Batch, BatchStatus
from domain.batches.repository import BatchHistory
from domain.ids import BatchId, ListingId


class MemoryBatchHistory(BatchHistory):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def page(self, listing_id: ListingId, *, before: BatchId | None, limit: int) -> Sequence[Batch]:
        return [batch for batch in self._newest_first(listing_id) if before is None or batch.id < before][:limit]

    async def latest_ready(self, listing_id: ListingId) -> Batch | None:
        ready = (batch for batch in self._newest_first(listing_id) if batch.ready_at is not None)
        return next(ready, None)

    async def has_ready_photos(self, listing_id: ListingId) -> bool:
        batches = self._newest_first(listing_id)
        return any(batch.carries_photos and batch.status is BatchStatus.READY for batch in batches)

    async def in_flight(self, listing_id: ListingId) -> int:
        batches = self._newest_first(listing_id)
        return sum(batch.carries_photos and batch.status in IN_FLIGHT for batch in batches)

    async def overdue_uploads(self, *, now: datetime, limit: int) -> Sequence[BatchId]:
        overdue = self._transaction.select(
            Batch,
            lambda batch: (
                batch.status is BatchStatus.PENDING_UPLOAD and batch.deleted_at is None and batch.expires_at <= now
            ),
        )
        return [batch.id for batch in sorted(overdue, key=lambda batch: (batch.expires_at, batch.id))[:limit]]

    def _newest_first(self, listing_id: ListingId) -> list[Batch]:
        batches = self._transaction.select(
            Batch, lambda batch: batch.listing_id == listing_id and batch.deleted_at is None
        )
        return sorted(batches, key=lambda batch: batch.id, reverse=True)
