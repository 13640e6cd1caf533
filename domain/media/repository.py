from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.checksum import Checksum
from domain.ids import BlobId, MediaId, StoreId, UserId
from domain.media.blob import Blob
from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus


class MediaFiles(Protocol):
    """All media of all stores, tombstones too."""

    @abstractmethod
    async def find(self, media_id: MediaId) -> Media | None: ...

    @abstractmethod
    async def find_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        """Those that exist, in any order, in one query."""

    @abstractmethod
    async def lock(self, media_id: MediaId) -> Media | None:
        """As `find`, and nobody else changes, attaches or locks it before this transaction ends."""

    @abstractmethod
    async def lock_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        """Those that exist, locked in the order of their ids, in one round trip."""

    @abstractmethod
    async def save(self, media: Media) -> None:
        """Insert (version 0) or update all but `usage_count`. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, media: Media) -> None:
        """Forget a locked one as if it had never been: it was PENDING, and nobody has heard of it."""

    @abstractmethod
    async def pending_among(self, media_ids: Collection[MediaId]) -> Collection[MediaId]:
        """Those of them that still await their bytes."""

    @abstractmethod
    async def holding(self, blob_id: BlobId) -> Sequence[MediaId]:
        """Those that hold the blob, by id."""

    @abstractmethod
    async def overdue_uploads(self, *, before: datetime, limit: int) -> Sequence[MediaId]:
        """PENDING since before that moment, oldest first."""

    @abstractmethod
    async def quarantined(self, blob_id: BlobId) -> Sequence[MediaId]:
        """Of those that hold the blob, those in quarantine, by id."""

    @abstractmethod
    async def unfinished_deletions(
        self, *, now: datetime, pauses: Sequence[timedelta], limit: int
    ) -> Sequence[MediaId]:
        """DELETE_REQUESTED or DELETE_FAILED, and untouched for a pause; longest first. The first of the pauses, which
        grow, is for those of which the deletion worker was told once, and so on; the last for all others. Without those
        whose dead letter was DISCARDED.
        """

    @abstractmethod
    async def page(self, *, after: MediaId | None, limit: int) -> Sequence[Media]:
        """All of them, by id, for whoever checks everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """What a page of the library shows: visible media of one store to which all that is given applies.

    `confidential_of` leaves out the confidential media of everybody else. Each of the `words`, as `words_of` reads
    them, begins a word of the name.
    """

    store_id: StoreId
    confidential_of: UserId | None = None
    kind: MediaKind | None = None
    content_class: ContentClass | None = None
    folder: str | None = None
    mime_type: str | None = None
    status: MediaStatus | None = None
    user_id: UserId | None = None
    unused: bool = False
    words: frozenset[str] = frozenset()


class MediaLibrary(Protocol):
    @abstractmethod
    async def page(self, wanted: LibraryFilter, *, before: MediaId | None, limit: int) -> Sequence[Media]:
        """Newest first, those older than `before`; ids sort by time of birth."""


class Blobs(Protocol):
    """All blobs of all stores."""

    @abstractmethod
    async def obtain(self, described: Blob) -> Blob:
        """The blob of that store with those bytes, locked; `described` itself when there was none. Any number of
        callers at once get the same one, one after the other. Raises Unavailable when other bytes have its key.
        """

    @abstractmethod
    async def find(self, store_id: StoreId, checksum: Checksum) -> Blob | None: ...

    @abstractmethod
    async def at(self, key: str) -> Blob | None:
        """The one whose object lies or is to lie there."""

    @abstractmethod
    async def lock(self, blob_id: BlobId) -> Blob | None:
        """Nobody else changes or locks it before this transaction ends. May be asked under the lock of its media."""

    @abstractmethod
    async def save(self, blob: Blob) -> None:
        """Update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, blob: Blob) -> None:
        """Forget a locked one that nobody holds."""

    @abstractmethod
    async def condemned(self, *, before: datetime, limit: int) -> Sequence[BlobId]:
        """Condemned before that moment, longest first."""

    @abstractmethod
    async def page(self, *, after: BlobId | None, limit: int) -> Sequence[Blob]:
        """All of them, by id, for whoever checks everything."""
