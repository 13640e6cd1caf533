from collections.abc import Callable, Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import ProductId, StoreId
from domain.products.product import Product
from domain.products.repository import Products


class MemoryProducts(Products):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, product_id: ProductId) -> Product | None:
        return self._transaction.find(Product, product_id)

    async def lock(self, product_id: ProductId) -> Product | None:
        await self._transaction.lock(Product, product_id)
        return await self.find(product_id)

    async def save(self, product: Product) -> None:
        await self._transaction.save(Product, [(product.id, product)])

    async def remove(self, product: Product) -> None:
        await self._transaction.lock(Product, product.id)
        self._transaction.remove(Product, product.id)

    async def of_store(self, store_id: StoreId, *, before: ProductId | None, limit: int) -> Sequence[Product]:
        found = self._transaction.select(
            Product, lambda product: product.store_id == store_id and (before is None or product.id < before)
        )
        return sorted(found, key=lambda product: product.id, reverse=True)[:limit]

    async def with_gallery(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        return self._page(lambda product: len(product.gallery) > 0, after, limit)

    async def with_coa(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        return self._page(lambda product: product.coa_media_id is not None, after, limit)

    def _page(self, where: Callable[[Product], bool], after: ProductId | None, limit: int) -> Sequence[Product]:
        found = self._transaction.select(
            Product, lambda product: where(product) and (after is None or product.id > after)
        )
        return sorted(found, key=lambda product: product.id)[:limit]
