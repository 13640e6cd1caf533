from dataclasses import dataclass

from application.attachments.reconcile_attachments import ReconcileAttachments
from application.products.media_changes import NOTHING, UsedMedia, media_changes
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import ProductId
from domain.principal import Principal
from domain.products.product import require_manager, visible_to
from domain.products.repository import Products


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteProductCommand:
    principal: Principal
    product_id: ProductId


class DeleteProduct:
    """Uses nothing any more before it goes. Raises ProductNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, command: DeleteProductCommand) -> None:
        async with self._begin() as tx:
            products = tx.repository(Products)
            product = visible_to(await products.lock(command.product_id), command.product_id, command.principal)
            require_manager(command.principal)
            await self._reconcile(tx, *media_changes(product, UsedMedia.by(product), NOTHING))
            await products.remove(product)
            await tx.commit()
