from dataclasses import dataclass

from application.ports.ids import Ids
from domain.ids import MediaId, ProductMediaId, VariantId
from domain.products.gallery import ProductMedia, UsageType


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMedia:
    """What a client wants to show of a product."""

    media_id: MediaId
    usage_type: UsageType
    variant_id: VariantId | None

    def entry(self, ids: Ids) -> ProductMedia:
        return ProductMedia(
            id=ProductMediaId(ids.new()),
            media_id=self.media_id,
            usage_type=self.usage_type,
            variant_id=self.variant_id,
        )
