from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.ads.ad import Ad
from domain.ids import AdId, StoreId


class Ads(Protocol):
    @abstractmethod
    async def find(self, ad_id: AdId) -> Ad | None: ...

    @abstractmethod
    async def lock(self, ad_id: AdId) -> Ad | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, ad: Ad) -> None:
        """Insert (version 0) or update, creatives included. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, ad: Ad) -> None: ...

    @abstractmethod
    async def of_store(self, store_id: StoreId, *, before: AdId | None, limit: int) -> Sequence[Ad]:
        """Newest first, those older than `before`."""

    @abstractmethod
    async def page(self, *, after: AdId | None, limit: int) -> Sequence[Ad]:
        """Those of all stores that have creatives, by id, behind `after`."""
