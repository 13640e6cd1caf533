from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.ids import LicenseId, StoreId
from domain.licenses.license import License


class Licenses(Protocol):
    @abstractmethod
    async def find(self, license_id: LicenseId) -> License | None: ...

    @abstractmethod
    async def lock(self, license_id: LicenseId) -> License | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, license_: License) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, license_: License) -> None: ...

    @abstractmethod
    async def of_store(self, store_id: StoreId, *, before: LicenseId | None, limit: int) -> Sequence[License]:
        """Newest first, those older than `before`."""

    @abstractmethod
    async def page(self, *, after: LicenseId | None, limit: int) -> Sequence[License]:
        """Those of all stores that have a document, by id, behind `after`."""
