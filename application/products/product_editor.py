"""How a product and the media that it uses change together."""

from collections.abc import Callable
from typing import TypeAlias

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.patch import ABSENT, Patch, patched
from application.ports.clock import Clock
from application.products.media_changes import UsedMedia, media_changes
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId, ProductId
from domain.principal import Principal
from domain.products.gallery import Gallery
from domain.products.product import Product, require_manager, visible_to
from domain.products.repository import Products

Arrangement: TypeAlias = Callable[[Gallery], Gallery]


class ProductEditor:
    """Locks the product, changes it, brings the ledger along, and saves, all in one transaction."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock

    async def __call__(
        self,
        principal: Principal,
        product_id: ProductId,
        *,
        arrange: Arrangement,
        title: Patch[str] = ABSENT,
        coa_media_id: Patch[MediaId] = ABSENT,
        at: str | None = None,
    ) -> Product:
        """`at` is the JSON pointer of the one media that the request names, if it names one. Raises ProductNotFound,
        NotPermitted, Rejected, MediaNotAttachable.
        """
        async with self._begin() as tx:
            products = tx.repository(Products)
            product = visible_to(await products.lock(product_id), product_id, principal)
            require_manager(principal)
            before, gallery = UsedMedia.by(product), product.gallery
            changed = product.change(
                title=patched(title, product.title) or product.title,
                gallery=arrange(product.gallery),
                coa_media_id=patched(coa_media_id, product.coa_media_id),
                now=self._clock.now(),
            )
            if not changed:
                return product
            uses = product.uses_beyond(gallery, before.coa, at=at)
            await self._reconcile(tx, *media_changes(product, before, UsedMedia.by(product)), uses=uses)
            await judge_uses(tx, uses)
            await products.save(product)
            await tx.commit()
        return product
