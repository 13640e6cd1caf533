from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import CoveredOwner, SetOwners
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import StoreId
from domain.kits.kit import Kit, Kits
from domain.media.media import Media
from domain.parts.part import Part, Parts

Owner = TypeVar("Owner", bound=SetOwner)


class _MemorySetOwners(SetOwners[Owner], Generic[Owner]):
    _owner: ClassVar[type[SetOwner]]

    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, owner_id: UUID) -> CoveredOwner[Owner] | None:
        owner = self._find(owner_id)
        return self._covered(owner) if owner else None

    async def lock(self, owner_id: UUID) -> Owner | None:
        await self._transaction.lock(self._owner, owner_id)
        return self._find(owner_id)

    async def save(self, owner: Owner) -> None:
        await self._transaction.save(self._owner, [(owner.id, owner)])

    async def remove(self, owner: Owner) -> None:
        await self._transaction.lock(self._owner, owner.id)
        self._transaction.remove(self._owner, owner.id)

    async def of_store(self, store_id: StoreId, *, before: UUID | None, limit: int) -> Sequence[CoveredOwner[Owner]]:
        found: list[Owner] = self._transaction.select(
            self._owner,  # type: ignore[arg-type]  # each subclass names the class that it is generic over
            lambda each: each.store_id == store_id and (before is None or each.id < before),
        )
        return [self._covered(owner) for owner in sorted(found, key=lambda each: each.id, reverse=True)[:limit]]

    def _find(self, owner_id: UUID) -> Owner | None:
        return self._transaction.find(self._owner, owner_id)  # type: ignore[return-value]  # as above

    def _covered(self, owner: Owner) -> CoveredOwner[Owner]:
        attachment_set = self._transaction.find(AttachmentSet, owner.attachment_set_id)
        cover = attachment_set.cover if attachment_set else None
        return CoveredOwner(
            owner=owner, cover=self._transaction.find(Media, cover.media_id) if cover and cover.media_id else None
        )


class MemoryParts(_MemorySetOwners[Part], Parts):
    _owner = Part


class MemoryKits(_MemorySetOwners[Kit], Kits):
    _owner = Kit
