from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from domain.attachments.attachment import Attachment, Place
from domain.ids import AttachmentId, MediaId


class Attachments(Protocol):
    """The ledger: who uses which media."""

    @abstractmethod
    async def held_by(self, slots: Collection[tuple[str, UUID]]) -> Sequence[Attachment]:
        """The usages of these slots, each an entity type and an entity id, in one round trip."""

    @abstractmethod
    async def of_media(
        self, media_id: MediaId, *, after: Place | None = None, limit: int | None = None
    ) -> Sequence[Attachment]:
        """In the order of `Attachment.place`, those behind `after`; all of them without a limit."""

    @abstractmethod
    async def entity_types_of(self, media_id: MediaId) -> Sequence[str]:
        """The entity types that use the media, each once, by name."""

    @abstractmethod
    async def apply(self, *, added: Sequence[Attachment], removed: Sequence[Attachment]) -> None:
        """Write the usages that came and delete those that went, and move the `usage_count` of their media along, in
        one round trip. Whoever calls has locked the media. Of a usage that is gone already nothing is counted twice.
        Raises ConcurrentUpdate for one that is there already, MediaNotAttachable for media that do not exist.
        """

    @abstractmethod
    async def count(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        """How many usages each of them has; 0 for one that has none."""

    @abstractmethod
    async def page(self, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        """All of them, by id, for whoever checks everything."""
