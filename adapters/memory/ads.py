from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ads.ad import Ad
from domain.ads.repository import Ads
from domain.ids import AdId, StoreId


class MemoryAds(Ads):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, ad_id: AdId) -> Ad | None:
        return self._transaction.find(Ad, ad_id)

    async def lock(self, ad_id: AdId) -> Ad | None:
        await self._transaction.lock(Ad, ad_id)
        return await self.find(ad_id)

    async def save(self, ad: Ad) -> None:
        await self._transaction.save(Ad, [(ad.id, ad)])

    async def remove(self, ad: Ad) -> None:
        await self._transaction.lock(Ad, ad.id)
        self._transaction.remove(Ad, ad.id)

    async def of_store(self, store_id: StoreId, *, before: AdId | None, limit: int) -> Sequence[Ad]:
        found = self._transaction.select(Ad, lambda ad: ad.store_id == store_id and (before is None or ad.id < before))
        return sorted(found, key=lambda ad: ad.id, reverse=True)[:limit]

    async def page(self, *, after: AdId | None, limit: int) -> Sequence[Ad]:
        found = self._transaction.select(Ad, lambda ad: bool(ad.creatives) and (after is None or ad.id > after))
        return sorted(found, key=lambda ad: ad.id)[:limit]
