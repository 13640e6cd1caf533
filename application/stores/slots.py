"""The slots of stores that use media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.ids import MediaId, StoreId
from domain.stores.repository import Stores

STORE_LOGO = "store_logo"
STORE_BANNER = "store_banner"
_OWNER = "store"


async def detach_logo(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    stores = tx.repository(Stores)
    store = await stores.lock(StoreId(attachment.entity_id))
    if store is not None and store.detach_logo(attachment.media_id, now=now):
        await stores.save(store)


async def detach_banner(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    stores = tx.repository(Stores)
    store = await stores.lock(StoreId(attachment.entity_id))
    if store is not None and store.detach_banner(attachment.media_id, now=now):
        await stores.save(store)


class LogoReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        store = await tx.repository(Stores).lock(StoreId(entity_id))
        return store.logo if store else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        stores = await tx.repository(Stores).with_logo(after=StoreId(after) if after else None, limit=limit)
        return [
            Reference(entity_id=store.id, store_id=store.id, media_id=media_id)
            for store in stores
            for media_id in store.logo
        ]


class BannerReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        store = await tx.repository(Stores).lock(StoreId(entity_id))
        return store.banner if store else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        stores = await tx.repository(Stores).with_banner(after=StoreId(after) if after else None, limit=limit)
        return [
            Reference(entity_id=store.id, store_id=store.id, media_id=media_id)
            for store in stores
            for media_id in store.banner
        ]


ENTITY_TYPES = (
    EntityType(name=STORE_LOGO, owner=_OWNER, protected=False, detach=detach_logo, references=LogoReferences()),
    EntityType(name=STORE_BANNER, owner=_OWNER, protected=False, detach=detach_banner, references=BannerReferences()),
)
