from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.set_attachment import SetAttachment
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import AttachmentSetId, SetAttachmentId, StoreId
from domain.media.media import Media

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAttachment:
    """One, and the store of its set."""

    store_id: StoreId
    attachment: SetAttachment


class AttachmentSets(Protocol):
    @abstractmethod
    async def find(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        """With its attachments."""

    @abstractmethod
    async def lock(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def set_of(self, attachment_id: SetAttachmentId) -> AttachmentSetId | None:
        """Where it is."""

    @abstractmethod
    async def save(self, attachment_set: AttachmentSet) -> None:
        """Insert (version 0) or update, attachments and cover included. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, attachment_set: AttachmentSet) -> None:
        """With its attachments. Its owner has gone first: the database refuses to leave one without its set."""

    @abstractmethod
    async def using_media(self, *, after: SetAttachmentId | None, limit: int) -> Sequence[HeldAttachment]:
        """Those of all stores that use a media, by id, behind `after`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredOwner(Generic[Owner]):
    """`cover` is the media of its cover; None where it has no cover, or one without a media."""

    owner: Owner
    cover: Media | None


class SetOwners(Protocol[Owner]):
    @abstractmethod
    async def find(self, owner_id: UUID) -> CoveredOwner[Owner] | None: ...

    @abstractmethod
    async def lock(self, owner_id: UUID) -> Owner | None:
        """Nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, owner: Owner) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, owner: Owner) -> None: ...

    @abstractmethod
    async def of_store(self, store_id: StoreId, *, before: UUID | None, limit: int) -> Sequence[CoveredOwner[Owner]]:
        """Newest first, those older than `before`, in one query."""
