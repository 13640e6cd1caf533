from collections.abc import Sequence
from dataclasses import dataclass

from application.products.product_editor import ProductEditor
from domain.ids import ProductId, ProductMediaId
from domain.principal import Principal
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderMediaCommand:
    principal: Principal
    product_id: ProductId
    order: Sequence[ProductMediaId]


class ReorderMedia:
    """All in one call. Raises ProductNotFound, NotPermitted, Rejected."""

    def __init__(self, *, edit: ProductEditor) -> None:
        self._edit = edit

    async def __call__(self, command: ReorderMediaCommand) -> Product:
        return await self._edit(
            command.principal,
            command.product_id,
            arrange=lambda gallery: gallery.reordered(command.order),
        )
