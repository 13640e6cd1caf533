from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.assets.asset import Asset
from domain.assets.repository import Assets
from domain.batches.batch import Batch
from domain.batches.errors import BatchNotFound
from domain.errors import ConcurrentUpdate
from domain.ids import AssetId, BatchId


class MemoryAssets(Assets):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, asset_id: AssetId) -> Asset | None:
        return self._transaction.find(Asset, asset_id)

    async def of_batch(self, batch_id: BatchId) -> Sequence[Asset]:
        assets = self._transaction.select(Asset, lambda asset: asset.batch_id == batch_id)
        return sorted(assets, key=lambda asset: (asset.media_type, asset.sequence))

    async def add(self, assets: Sequence[Asset]) -> None:
        for asset in assets:
            if self._transaction.find(Batch, asset.batch_id) is None:
                self._transaction.fail(BatchNotFound(asset.batch_id))
        await self._store(assets)

    async def save(self, assets: Sequence[Asset]) -> None:
        if any(asset.version == 0 for asset in assets):
            self._transaction.fail(ConcurrentUpdate("an asset that was never added cannot be updated"))
        await self._store(assets)

    async def remove(self, assets: Sequence[Asset]) -> None:
        for asset in assets:
            await self._transaction.lock(Asset, asset.id)
            self._transaction.remove(Asset, asset.id)

    async def _store(self, assets: Sequence[Asset]) -> None:
        await self._transaction.save(Asset, [(asset.id, asset) for asset in assets])
