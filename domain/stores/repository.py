from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.ids import StoreId
from domain.stores.store import Store


class Stores(Protocol):
    @abstractmethod
    async def find(self, store_id: StoreId) -> Store | None: ...

    @abstractmethod
    async def lock(self, store_id: StoreId) -> Store | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, store: Store) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, store: Store) -> None: ...

    @abstractmethod
    async def with_logo(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        """Those that have one, by id, behind `after`."""

    @abstractmethod
    async def with_banner(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        """Those that have one, by id, behind `after`."""
