"""Use cases: create or change an artwork, delete it."""

from collections.abc import Sequence
from uuid import UUID

from application.attachments.reconcile_attachments import ReconcileAttachments, UsageChange
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId
from domain.principal import Principal
from tests.toy_gallery.artwork import Artwork, Artworks, GalleryMedia
from tests.toy_gallery.slots import GALLERY


class ShowArtwork:
    """Raises MediaNotAttachable; PermissionError for an artwork of another store."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(
        self, principal: Principal, artwork_id: UUID, title: str, media: Sequence[GalleryMedia]
    ) -> Artwork:
        async with self._begin() as tx:
            artworks = tx.repository(Artworks)
            artwork = await artworks.lock(artwork_id)  # the entity first, then its media
            if artwork is None:
                artwork = Artwork(id=artwork_id, store_id=principal.store_id, title=title)
            if artwork.store_id != principal.store_id:
                raise PermissionError(artwork_id)
            before = artwork.media_ids
            artwork.title, artwork.media = title, tuple(media)
            await self._reconcile(tx, usage_change(artwork, before, artwork.media_ids))
            await artworks.save(artwork)
            await tx.commit()
        return artwork


class RemoveArtwork:
    """One that is gone is no error."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, principal: Principal, artwork_id: UUID) -> None:
        async with self._begin() as tx:
            artworks = tx.repository(Artworks)
            artwork = await artworks.lock(artwork_id)
            if artwork is not None and artwork.store_id == principal.store_id:
                await self._reconcile(tx, usage_change(artwork, artwork.media_ids, []))
                await artworks.remove(artwork)
                await tx.commit()


def usage_change(artwork: Artwork, old: Sequence[MediaId], new: Sequence[MediaId]) -> UsageChange:
    return UsageChange(
        entity_type=GALLERY,
        entity_id=artwork.id,
        store_id=artwork.store_id,
        old_media_ids=old,
        new_media_ids=new,
    )
