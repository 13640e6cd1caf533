from collections.abc import Sequence
from datetime import datetime

from adapters.memory.transaction import MemoryTransaction
from domain.checksum import Checksum
from domain.errors import Unavailable
from domain.ids import BlobId, StoreId
from domain.media.blob import Blob
from domain.media.repository import Blobs


class MemoryBlobs(Blobs):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def obtain(self, described: Blob) -> Blob:
        # One that is just being made or removed is waited for; then it is there, or gone: look again.
        while (found := await self.find(described.store_id, described.checksum)) is not None:
            if (locked := await self.lock(found.id)) is not None:
                return locked
        await self._transaction.lock(Blob, described.store_id, described.checksum)
        if await self.find(described.store_id, described.checksum) is not None:
            return await self.obtain(described)
        if await self.at(described.key) is not None:
            raise Unavailable(f"no blob of {described.checksum} can be had: other bytes have {described.key}")
        await self._transaction.save(Blob, [(described.id, described)])
        return described

    async def find(self, store_id: StoreId, checksum: Checksum) -> Blob | None:
        found = self._transaction.select(Blob, lambda blob: (blob.store_id, blob.checksum) == (store_id, checksum))
        return found[0] if found else None

    async def at(self, key: str) -> Blob | None:
        found = self._transaction.select(Blob, lambda blob: blob.key == key)
        return found[0] if found else None

    async def lock(self, blob_id: BlobId) -> Blob | None:
        await self._transaction.lock(Blob, blob_id)
        return self._transaction.find(Blob, blob_id)

    async def save(self, blob: Blob) -> None:
        await self._transaction.save(Blob, [(blob.id, blob)])

    async def remove(self, blob: Blob) -> None:
        await self._transaction.lock(Blob, blob.id)
        stored = self._transaction.find(Blob, blob.id)
        if stored is not None and stored.holders == 0:
            self._transaction.remove(Blob, blob.id)

    async def condemned(self, *, before: datetime, limit: int) -> Sequence[BlobId]:
        found = self._transaction.select(
            Blob, lambda blob: blob.condemned_at is not None and blob.condemned_at < before
        )
        return [blob.id for blob in sorted(found, key=lambda blob: (blob.condemned_at, blob.id))[:limit]]

    async def page(self, *, after: BlobId | None, limit: int) -> Sequence[Blob]:
        behind = self._transaction.select(Blob, lambda blob: after is None or blob.id > after)
        return sorted(behind, key=lambda blob: blob.id)[:limit]
