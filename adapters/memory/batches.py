from adapters.memory.transaction import MemoryTransaction
from domain.assets.failure import FailureCode
from domain.batches.batch import Batch
from domain.batches.errors import BatchReferenceTaken
from domain.batches.repository import Batches
from domain.ids import BatchId, ListingId
from domain.listings.errors import ListingNotFound
from domain.listings.listing import Listing


class MemoryBatches(Batches):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, batch_id: BatchId) -> Batch | None:
        batch = self._transaction.find(Batch, batch_id)
        return batch if batch and batch.deleted_at is None else None

    async def lock(self, batch_id: BatchId) -> Batch | None:
        await self._transaction.lock(Batch, batch_id)
        return await self.find(batch_id)

    async def find_live(self, listing_id: ListingId, reference: str) -> Batch | None:
        live = self._transaction.select(
            Batch, lambda batch: (batch.listing_id, batch.reference) == (listing_id, reference) and _is_live(batch)
        )
        return live[0] if live else None

    async def save(self, batch: Batch) -> None:
        if self._transaction.find(Listing, batch.listing_id) is None:
            self._transaction.fail(ListingNotFound(batch.listing_id))
        # Two batches that want one reference come one after the other; the row first, as an index is written after it.
        await self._transaction.lock(Batch, batch.id)
        await self._transaction.lock(Batch, batch.listing_id, batch.reference)
        holder = await self.find_live(batch.listing_id, batch.reference)
        if _is_live(batch) and holder and holder.id != batch.id:
            self._transaction.fail(BatchReferenceTaken(batch.reference))
        await self._transaction.save(Batch, [(batch.id, batch)])


def _is_live(batch: Batch) -> bool:
    return batch.deleted_at is None and batch.failure_code is not FailureCode.UPLOAD_EXPIRED
