from dataclasses import dataclass

from application.ports.ids import Ids
from application.products.product_editor import ProductEditor
from application.products.shown_media import ShownMedia
from domain.ids import MediaId, ProductId, VariantId
from domain.principal import Principal
from domain.products.gallery import UsageType
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMainImageCommand:
    principal: Principal
    product_id: ProductId
    media_id: MediaId
    variant_id: VariantId | None


class SetMainImage:
    """The one before it is demoted. Raises ProductNotFound, NotPermitted, Rejected, MediaNotAttachable."""

    def __init__(self, *, edit: ProductEditor, ids: Ids) -> None:
        self._edit = edit
        self._ids = ids

    async def __call__(self, command: SetMainImageCommand) -> Product:
        shown = ShownMedia(media_id=command.media_id, usage_type=UsageType.MAIN_IMAGE, variant_id=command.variant_id)
        entry = shown.entry(self._ids)
        return await self._edit(
            command.principal,
            command.product_id,
            arrange=lambda gallery: gallery.with_main(entry),
            at="/mediaId",
        )
