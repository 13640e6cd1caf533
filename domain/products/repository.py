from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.ids import ProductId, StoreId
from domain.products.product import Product


class Products(Protocol):
    @abstractmethod
    async def find(self, product_id: ProductId) -> Product | None: ...

    @abstractmethod
    async def lock(self, product_id: ProductId) -> Product | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, product: Product) -> None:
        """Insert (version 0) or update, gallery included. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, product: Product) -> None: ...

    @abstractmethod
    async def of_store(self, store_id: StoreId, *, before: ProductId | None, limit: int) -> Sequence[Product]:
        """Newest first, those older than `before`."""

    @abstractmethod
    async def with_gallery(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        """Those of all stores that have media in it, by id, behind `after`."""

    @abstractmethod
    async def with_coa(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        """Those of all stores that have one, by id, behind `after`."""
