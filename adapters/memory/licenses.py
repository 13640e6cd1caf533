from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import LicenseId, StoreId
from domain.licenses.license import License
from domain.licenses.repository import Licenses


class MemoryLicenses(Licenses):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, license_id: LicenseId) -> License | None:
        return self._transaction.find(License, license_id)

    async def lock(self, license_id: LicenseId) -> License | None:
        await self._transaction.lock(License, license_id)
        return await self.find(license_id)

    async def save(self, license_: License) -> None:
        await self._transaction.save(License, [(license_.id, license_)])

    async def remove(self, license_: License) -> None:
        await self._transaction.lock(License, license_.id)
        self._transaction.remove(License, license_.id)

    async def of_store(self, store_id: StoreId, *, before: LicenseId | None, limit: int) -> Sequence[License]:
        found = self._transaction.select(
            License, lambda each: each.store_id == store_id and (before is None or each.id < before)
        )
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    async def page(self, *, after: LicenseId | None, limit: int) -> Sequence[License]:
        found = self._transaction.select(
            License, lambda each: each.media_id is not None and (after is None or each.id > after)
        )
        return sorted(found, key=lambda each: each.id)[:limit]
