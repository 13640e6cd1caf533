"""The one slot of ads that uses media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.attachments.reconcile_attachments import UsageChange
from application.unit_of_work import UnitOfWork
from domain.ads.ad import Ad
from domain.ads.repository import Ads
from domain.attachments.attachment import Attachment
from domain.ids import AdId, MediaId

AD = "ad"


def creatives_changed(ad: Ad, old: Sequence[MediaId], new: Sequence[MediaId]) -> UsageChange:
    return UsageChange(entity_type=AD, entity_id=ad.id, store_id=ad.store_id, old_media_ids=old, new_media_ids=new)


async def detach_creatives(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    ads = tx.repository(Ads)
    ad = await ads.lock(AdId(attachment.entity_id))
    if ad is not None and ad.detach(attachment.media_id, now=now):
        await ads.save(ad)


class CreativeReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        ad = await tx.repository(Ads).lock(AdId(entity_id))
        return ad.media_ids if ad else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        ads = await tx.repository(Ads).page(after=AdId(after) if after else None, limit=limit)
        return [
            Reference(entity_id=ad.id, store_id=ad.store_id, media_id=media_id)
            for ad in ads
            for media_id in ad.media_ids
        ]


ENTITY_TYPES = (
    EntityType(name=AD, owner="ad_creative", protected=True, detach=detach_creatives, references=CreativeReferences()),
)
