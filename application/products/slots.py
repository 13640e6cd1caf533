"""The slots of products that use media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.ids import MediaId, ProductId
from domain.products.repository import Products

PRODUCT_GALLERY = "product_gallery"
PRODUCT_COA = "product_coa"
_OWNER = "product"


async def detach_from_gallery(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    products = tx.repository(Products)
    product = await products.lock(ProductId(attachment.entity_id))
    if product is not None and product.detach_from_gallery(attachment.media_id, now=now):
        await products.save(product)


async def detach_coa(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    products = tx.repository(Products)
    product = await products.lock(ProductId(attachment.entity_id))
    if product is not None and product.detach_coa(attachment.media_id, now=now):
        await products.save(product)


class GalleryReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        product = await tx.repository(Products).lock(ProductId(entity_id))
        return product.gallery.media_ids if product else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        products = tx.repository(Products)
        return [
            Reference(entity_id=product.id, store_id=product.store_id, media_id=media_id)
            for product in await products.with_gallery(after=ProductId(after) if after else None, limit=limit)
            for media_id in product.gallery.media_ids
        ]


class CoaReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        product = await tx.repository(Products).lock(ProductId(entity_id))
        return product.coa if product else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        products = tx.repository(Products)
        return [
            Reference(entity_id=product.id, store_id=product.store_id, media_id=media_id)
            for product in await products.with_coa(after=ProductId(after) if after else None, limit=limit)
            for media_id in product.coa
        ]


ENTITY_TYPES = (
    EntityType(
        name=PRODUCT_GALLERY,
        owner=_OWNER,
        protected=False,
        detach=detach_from_gallery,
        references=GalleryReferences(),
    ),
    EntityType(name=PRODUCT_COA, owner=_OWNER, protected=False, detach=detach_coa, references=CoaReferences()),
)
