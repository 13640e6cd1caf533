from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from domain.products.gallery import ProductMedia, UsageType
from domain.products.product import Product


class _Answer(msgspec.Struct, rename="camel"):
    pass


class ProductMediaBody(_Answer, kw_only=True):
    """`displayOrder` counts from 0 and has no gaps."""

    product_media_id: UUID
    media_id: UUID
    usage_type: str
    variant_id: UUID | None
    display_order: int


class ProductBody(_Answer, kw_only=True):
    product_id: UUID
    title: str
    media: list[ProductMediaBody]
    coa_media_id: UUID | None
    created_at: datetime
    updated_at: datetime


class ProductPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    products: list[ProductBody]
    next_cursor: str | None


class ProductMediaListBody(_Answer):
    """In the order of display."""

    media: list[ProductMediaBody]


def product_body(product: Product) -> ProductBody:
    return ProductBody(
        product_id=product.id,
        title=product.title,
        media=media_bodies(product.gallery),
        coa_media_id=product.coa_media_id,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def media_bodies(gallery: Iterable[ProductMedia], usage_type: UsageType | None = None) -> list[ProductMediaBody]:
    """All of them, or those of one type."""
    return [
        ProductMediaBody(
            product_media_id=entry.id,
            media_id=entry.media_id,
            usage_type=entry.usage_type,
            variant_id=entry.variant_id,
            display_order=place,
        )
        for place, entry in enumerate(gallery)
        if usage_type is None or entry.usage_type is usage_type
    ]
