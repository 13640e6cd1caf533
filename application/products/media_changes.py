from collections.abc import Sequence
from dataclasses import dataclass

from application.attachments.reconcile_attachments import UsageChange
from application.products.slots import PRODUCT_COA, PRODUCT_GALLERY
from domain.ids import MediaId
from domain.products.product import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedMedia:
    """What both slots of a product use at one moment."""

    gallery: Sequence[MediaId] = ()
    coa: Sequence[MediaId] = ()

    @classmethod
    def by(cls, product: Product) -> "UsedMedia":
        return cls(gallery=product.gallery.media_ids, coa=product.coa)


NOTHING = UsedMedia()


def media_changes(product: Product, before: UsedMedia, after: UsedMedia) -> list[UsageChange]:
    """Both slots at once, so that their media are locked in one order."""
    return [
        UsageChange(
            entity_type=entity_type,
            entity_id=product.id,
            store_id=product.store_id,
            old_media_ids=old,
            new_media_ids=new,
        )
        for entity_type, old, new in (
            (PRODUCT_GALLERY, before.gallery, after.gallery),
            (PRODUCT_COA, before.coa, after.coa),
        )
    ]
