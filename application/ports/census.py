"""Questions of whoever compares everything with everything. Pages, so that memory stays constant."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.attachments.attachment import Attachment
from domain.ids import AttachmentId, BlobId, MediaId
from domain.media.blob import Blob
from domain.media.media import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMedia:
    """A media, and the number of usages that the ledger has of it."""

    media: Media
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedBlob:
    """A blob, and the number of media that name it."""

    blob: Blob
    holders: int


class Census(Protocol):
    @abstractmethod
    async def entity_types(self) -> Sequence[str]:
        """Those that the ledger has, by name."""

    @abstractmethod
    async def uses_between(
        self, entity_types: Collection[str], *, after: UUID | None, upto: UUID | None
    ) -> Sequence[Attachment]:
        """Usages by entities whose id is above `after` and at most `upto`; no bound where that is None."""

    @abstractmethod
    async def uses_of_type(self, entity_type: str, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        """By id, behind `after`."""

    @abstractmethod
    async def media_page(self, *, after: MediaId | None, limit: int) -> Sequence[CountedMedia]:
        """By id, behind `after`."""

    @abstractmethod
    async def blob_page(self, *, after: str | None, limit: int) -> Sequence[CountedBlob]:
        """In the order of their keys, byte by byte, behind the key `after`."""

    @abstractmethod
    async def count_holders(self, blob_id: BlobId) -> int:
        """How many media name it."""

    @abstractmethod
    async def recount_uses(self, media_id: MediaId) -> None:
        """Set the `usage_count` of a locked media to what the ledger has."""
