"""The slot of artworks that uses media: how it is detached, and what it says when it is audited."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.attachments.reconcile_attachments import UsageChange
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.ids import MediaId
from tests.toy_gallery.artwork import Artwork, Artworks

GALLERY = "gallery"


def gallery_changed(artwork: Artwork, old: Sequence[MediaId], new: Sequence[MediaId]) -> UsageChange:
    return UsageChange(
        entity_type=GALLERY,
        entity_id=artwork.id,
        store_id=artwork.store_id,
        old_media_ids=old,
        new_media_ids=new,
    )


async def detach(tx: UnitOfWork, attachment: Attachment, _: datetime) -> None:
    artworks = tx.repository(Artworks)
    artwork = await artworks.lock(attachment.entity_id)
    if artwork is not None and artwork.detach(attachment.media_id):
        await artworks.save(artwork)


class GalleryReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        artwork = await tx.repository(Artworks).lock(entity_id)
        return artwork.media_ids if artwork else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        return [
            Reference(entity_id=artwork.id, store_id=artwork.store_id, media_id=media_id)
            for artwork in await tx.repository(Artworks).page(after=after, limit=limit)
            for media_id in artwork.media_ids
        ]


ENTITY_TYPE = EntityType(name=GALLERY, owner="artwork", protected=False, detach=detach, references=GalleryReferences())
