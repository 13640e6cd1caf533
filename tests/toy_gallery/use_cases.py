"""Create an artwork, see it, change it, delete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.principal import Principal
from tests.toy_gallery.artwork import Artwork, Artworks, GalleryMedia, require_manager, visible_to
from tests.toy_gallery.slots import gallery_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What people say of an artwork: all of it, each time."""

    title: str
    media: Sequence[GalleryMedia]


class ArtworkEditor:
    """Changes an artwork that the caller has locked, or just made, and brings the ledger along."""

    def __init__(self, *, reconcile: ReconcileAttachments) -> None:
        self._reconcile = reconcile

    async def __call__(self, tx: UnitOfWork, artwork: Artwork, shown: Shown) -> None:
        """Raises Rejected, MediaNotAttachable, ArtworkTitleTaken."""
        before = artwork.media_ids
        artwork.change(title=shown.title, media=shown.media)
        uses = artwork.uses_beyond(before)
        await self._reconcile(tx, gallery_changed(artwork, before, artwork.media_ids), uses=uses)
        await judge_uses(tx, uses)
        await tx.repository(Artworks).save(artwork)


class CreateArtwork:
    """Raises NotPermitted, Rejected, MediaNotAttachable, ArtworkTitleTaken."""

    def __init__(self, *, begin: UnitOfWorkFactory, edit: ArtworkEditor, ids: Ids) -> None:
        self._begin = begin
        self._edit = edit
        self._ids = ids

    async def __call__(self, principal: Principal, shown: Shown) -> Artwork:
        require_manager(principal)
        artwork = Artwork(id=self._ids.new(), store_id=principal.store_id, title=shown.title)
        async with self._begin() as tx:
            await self._edit(tx, artwork, shown)
            await tx.commit()
        return artwork


class GetArtwork:
    """For everybody in the store. Raises ArtworkNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, principal: Principal, artwork_id: UUID) -> Artwork:
        async with self._begin() as tx:
            return visible_to(await tx.repository(Artworks).find(artwork_id), artwork_id, principal)


class ChangeArtwork:
    """Media that are not shown any more are released. Raises ArtworkNotFound, NotPermitted, Rejected,
    MediaNotAttachable, ArtworkTitleTaken.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, edit: ArtworkEditor) -> None:
        self._begin = begin
        self._edit = edit

    async def __call__(self, principal: Principal, artwork_id: UUID, shown: Shown) -> Artwork:
        async with self._begin() as tx:
            # The entity first, then its media.
            artwork = visible_to(await tx.repository(Artworks).lock(artwork_id), artwork_id, principal)
            require_manager(principal)
            await self._edit(tx, artwork, shown)
            await tx.commit()
        return artwork


class DeleteArtwork:
    """Releases its media first. Raises ArtworkNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, principal: Principal, artwork_id: UUID) -> None:
        async with self._begin() as tx:
            artworks = tx.repository(Artworks)
            artwork = visible_to(await artworks.lock(artwork_id), artwork_id, principal)
            require_manager(principal)
            await self._reconcile(tx, gallery_changed(artwork, artwork.media_ids, []))
            await artworks.remove(artwork)
            await tx.commit()
