"""An artwork, and the media that show it."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from domain.errors import Conflict, NotFound, NotPermitted, Rejected, Violation
from domain.events import Aggregate
from domain.ids import MediaId, StoreId
from domain.media.kind import IMAGES
from domain.media.suitability import NewUse
from domain.principal import Principal


class ArtworkNotFound(NotFound):
    code = "ARTWORK_NOT_FOUND"

    def __init__(self, artwork_id: UUID) -> None:
        super().__init__(f"there is no artwork {artwork_id} in your store")


class ArtworkTitleTaken(Conflict):
    code = "ARTWORK_TITLE_TAKEN"

    def __init__(self, title: str) -> None:
        super().__init__(f"your store has an artwork {title!r} already")


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryMedia:
    media_id: MediaId
    is_primary: bool = False
    caption: str | None = None


@dataclass(slots=True, kw_only=True)
class Artwork(Aggregate):
    id: UUID
    store_id: StoreId
    title: str
    media: tuple[GalleryMedia, ...] = ()

    @property
    def media_ids(self) -> list[MediaId]:
        """What its slot uses, as the ledger wants it: each media once."""
        return list(dict.fromkeys(shown.media_id for shown in self.media))

    def uses_beyond(self, media_ids: Sequence[MediaId]) -> list[NewUse]:
        """What it shows now, and did not when it showed these. The ledger does not ask what a media is: here pictures,
        and none that is confidential.
        """
        return [
            NewUse(f"/media/{place}/mediaId", shown.media_id, IMAGES)
            for place, shown in enumerate(self.media)
            if shown.media_id not in media_ids
        ]

    def change(self, *, title: str, media: Sequence[GalleryMedia]) -> None:
        """Raises Rejected."""
        if sum(shown.is_primary for shown in media) > 1:
            violation = Violation("/media", "TOO_MANY_PRIMARIES", "one media is the primary, at most")
            raise Rejected("the artwork breaks a rule; see errors", [violation])
        self.title, self.media = title, tuple(media)

    def detach(self, media_id: MediaId) -> bool:
        """False when it is not shown, or not any more. The next one in line becomes the primary."""
        left = [shown for shown in self.media if shown.media_id != media_id]
        if len(left) == len(self.media):
            return False
        if left and not any(shown.is_primary for shown in left):
            left[0] = replace(left[0], is_primary=True)
        self.media = tuple(left)
        return True


class Artworks(Protocol):
    """The port. Use cases ask the transaction for it: `tx.repository(Artworks)`."""

    @abstractmethod
    async def find(self, artwork_id: UUID) -> Artwork | None: ...

    @abstractmethod
    async def lock(self, artwork_id: UUID) -> Artwork | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, artwork: Artwork) -> None:
        """Insert (version 0) or update, its media included. Raises ConcurrentUpdate, ArtworkTitleTaken."""

    @abstractmethod
    async def remove(self, artwork: Artwork) -> None: ...

    @abstractmethod
    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Artwork]:
        """Those that show something, by id, behind `after`."""


def visible_to(artwork: Artwork | None, artwork_id: UUID, principal: Principal) -> Artwork:
    """Raises ArtworkNotFound, also for another store's."""
    if artwork is None or artwork.store_id != principal.store_id:
        raise ArtworkNotFound(artwork_id)
    return artwork


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("artworks are made by those who run the store")
