"""An artwork, and the media that show it."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from domain.events import Aggregate
from domain.ids import MediaId, StoreId


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
        return [shown.media_id for shown in self.media]

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
    async def lock(self, artwork_id: UUID) -> Artwork | None: ...

    @abstractmethod
    async def save(self, artwork: Artwork) -> None: ...

    @abstractmethod
    async def remove(self, artwork: Artwork) -> None: ...

    @abstractmethod
    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Artwork]:
        """Those that show something, by id, behind `after`."""
