from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.products.gallery import MOST_MEDIA, UsageType
from entrypoints.reading.texts import Line


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class ShownMediaBody(_Body):
    media_id: UUID
    usage_type: UsageType = UsageType.GALLERY
    variant_id: Annotated[UUID | None, Meta(description="Left out for the product as a whole.")] = None


class CreateProductBody(_Body):
    title: Line
    media: Annotated[list[ShownMediaBody], Meta(max_length=MOST_MEDIA, description="In the order of display.")] = (
        msgspec.field(default_factory=list)
    )
    coa_media_id: Annotated[UUID | None, Meta(description="The certificate of analysis: a PDF.")] = None


class ChangeProductBody(_Body):
    """What is left out stays as it is; null clears. `media` replaces all that were there."""

    title: Line | UnsetType = UNSET
    media: Annotated[list[ShownMediaBody], Meta(max_length=MOST_MEDIA)] | UnsetType = UNSET
    coa_media_id: UUID | UnsetType | None = UNSET


class AttachMediaBody(ShownMediaBody):
    display_order: (
        Annotated[int, Meta(ge=0, le=MOST_MEDIA, description="From 0; those behind move up. At the end when left out.")]
        | None
    ) = None


class SetMainImageBody(_Body):
    media_id: UUID
    variant_id: Annotated[UUID | None, Meta(description="Left out for the product as a whole.")] = None


class ReorderMediaBody(_Body):
    product_media_ids: Annotated[list[UUID], Meta(max_length=MOST_MEDIA, description="All of them, each once.")]


class UsageParameters(_Body):
    usage_type: Annotated[UsageType, Meta(description="This use alone; every use when left out.")] | None = None
