from dataclasses import dataclass

from application.ports.ids import Ids
from application.products.product_editor import ProductEditor
from application.products.shown_media import ShownMedia
from domain.ids import ProductId
from domain.principal import Principal
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachMediaCommand:
    """`place` counts from 0; None is the end."""

    principal: Principal
    product_id: ProductId
    shown: ShownMedia
    place: int | None


class AttachMedia:
    """Raises ProductNotFound, NotPermitted, Rejected, MediaNotAttachable."""

    def __init__(self, *, edit: ProductEditor, ids: Ids) -> None:
        self._edit = edit
        self._ids = ids

    async def __call__(self, command: AttachMediaCommand) -> Product:
        entry = command.shown.entry(self._ids)
        return await self._edit(
            command.principal,
            command.product_id,
            arrange=lambda gallery: gallery.with_entry(entry, place=command.place),
            at="/mediaId",
        )
