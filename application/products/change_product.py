from collections.abc import Sequence
from dataclasses import dataclass

from application.patch import ABSENT, Patch
from application.ports.ids import Ids
from application.products.product_editor import ProductEditor
from application.products.shown_media import ShownMedia
from domain.ids import MediaId, ProductId
from domain.principal import Principal
from domain.products.gallery import Gallery, ProductMedia
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProductCommand:
    """`media`, where it is given, replaces what was there: what is in both stays untouched. A title cannot be
    cleared: None leaves it.
    """

    principal: Principal
    product_id: ProductId
    title: Patch[str] = ABSENT
    media: Patch[Sequence[ShownMedia]] = ABSENT
    coa_media_id: Patch[MediaId] = ABSENT


class ChangeProduct:
    """Raises ProductNotFound, NotPermitted, Rejected, MediaNotAttachable."""

    def __init__(self, *, edit: ProductEditor, ids: Ids) -> None:
        self._edit = edit
        self._ids = ids

    async def __call__(self, command: ChangeProductCommand) -> Product:
        def arrange(gallery: Gallery) -> Gallery:
            if command.media is ABSENT:
                return gallery
            return Gallery.of([_kept(gallery, shown.entry(self._ids)) for shown in command.media or ()])

        return await self._edit(
            command.principal,
            command.product_id,
            arrange=arrange,
            title=command.title,
            coa_media_id=command.coa_media_id,
        )


def _kept(gallery: Gallery, wanted: ProductMedia) -> ProductMedia:
    """The entry that says this already, with the id that clients know."""
    return next((entry for entry in gallery if entry.shows(wanted)), wanted)
