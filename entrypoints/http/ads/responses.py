from datetime import datetime
from uuid import UUID

import msgspec

from domain.ads.ad import Ad


class _Answer(msgspec.Struct, rename="camel"):
    pass


class ShownCreativeBody(_Answer):
    media_id: UUID
    headline: str | None


class ShownAdBody(_Answer, kw_only=True):
    ad_id: UUID
    title: str
    creatives: list[ShownCreativeBody]
    created_at: datetime
    updated_at: datetime


class AdPageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    ads: list[ShownAdBody]
    next_cursor: str | None


def ad_body(ad: Ad) -> ShownAdBody:
    return ShownAdBody(
        ad_id=ad.id,
        title=ad.title,
        creatives=[ShownCreativeBody(creative.media_id, creative.headline) for creative in ad.creatives],
        created_at=ad.created_at,
        updated_at=ad.updated_at,
    )
