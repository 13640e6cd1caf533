from dataclasses import dataclass

from application.products.product_editor import ProductEditor
from domain.ids import MediaId, ProductId
from domain.principal import Principal
from domain.products.gallery import UsageType
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachMediaCommand:
    """Every use of the media, or those of one type."""

    principal: Principal
    product_id: ProductId
    media_id: MediaId
    usage_type: UsageType | None


class DetachMedia:
    """What is not shown is no error. Raises ProductNotFound, NotPermitted."""

    def __init__(self, *, edit: ProductEditor) -> None:
        self._edit = edit

    async def __call__(self, command: DetachMediaCommand) -> Product:
        return await self._edit(
            command.principal,
            command.product_id,
            arrange=lambda gallery: gallery.without(command.media_id, command.usage_type),
        )
