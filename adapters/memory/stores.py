from collections.abc import Callable, Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import StoreId
from domain.stores.repository import Stores
from domain.stores.store import Store


class MemoryStores(Stores):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, store_id: StoreId) -> Store | None:
        return self._transaction.find(Store, store_id)

    async def lock(self, store_id: StoreId) -> Store | None:
        await self._transaction.lock(Store, store_id)
        return await self.find(store_id)

    async def save(self, store: Store) -> None:
        await self._transaction.save(Store, [(store.id, store)])

    async def remove(self, store: Store) -> None:
        await self._transaction.lock(Store, store.id)
        self._transaction.remove(Store, store.id)

    async def with_logo(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        return self._page(lambda store: store.logo_media_id is not None, after, limit)

    async def with_banner(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        return self._page(lambda store: store.banner_media_id is not None, after, limit)

    def _page(self, where: Callable[[Store], bool], after: StoreId | None, limit: int) -> Sequence[Store]:
        found = self._transaction.select(Store, lambda store: where(store) and (after is None or store.id > after))
        return sorted(found, key=lambda store: store.id)[:limit]
