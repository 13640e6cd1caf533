from collections.abc import Sequence
from dataclasses import dataclass

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.products.media_changes import NOTHING, UsedMedia, media_changes
from application.products.shown_media import ShownMedia
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId, ProductId
from domain.principal import Principal
from domain.products.gallery import Gallery
from domain.products.product import Product, require_manager
from domain.products.repository import Products


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProductCommand:
    principal: Principal
    title: str
    media: Sequence[ShownMedia]
    coa_media_id: MediaId | None


class CreateProduct:
    """Raises NotPermitted, Rejected, MediaNotAttachable."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock, ids: Ids) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CreateProductCommand) -> Product:
        require_manager(command.principal)
        product = Product.create(
            product_id=ProductId(self._ids.new()),
            store_id=command.principal.store_id,
            title=command.title,
            gallery=Gallery.of([shown.entry(self._ids) for shown in command.media]),
            coa_media_id=command.coa_media_id,
            now=self._clock.now(),
        )
        async with self._begin() as tx:
            uses = product.uses_beyond(Gallery(), [])
            await self._reconcile(tx, *media_changes(product, NOTHING, UsedMedia.by(product)), uses=uses)
            await judge_uses(tx, uses)
            await tx.repository(Products).save(product)
            await tx.commit()
        return product
