from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.dead_letters.access import Reach
from domain.dead_letters.dead_letter import DeadLetter, LetterKind, LetterStatus
from domain.ids import AssetId, BatchId, DeadLetterId, ListingId, MediaId, TaskId


class DeadLetters(Protocol):
    """All dead letters, resolved ones included."""

    @abstractmethod
    async def add(self, letter: DeadLetter) -> None:
        """Insert a new one. Raises ConcurrentUpdate when its id is taken."""

    @abstractmethod
    async def find(self, letter_id: DeadLetterId) -> DeadLetter | None: ...

    @abstractmethod
    async def lock(self, letter_id: DeadLetterId) -> DeadLetter | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def lock_open_of_batch(self, batch_id: BatchId) -> Sequence[DeadLetter]:
        """Those of the batch's tasks that are OPEN, oldest first, locked."""

    @abstractmethod
    async def lock_open_of_media(self, media_id: MediaId) -> Sequence[DeadLetter]:
        """Those of the media's tasks that are OPEN, oldest first, locked."""

    @abstractmethod
    async def lock_of_deletion(self, media_id: MediaId) -> DeadLetter | None:
        """The one about the deletion of the media, of any status, locked. Whoever adds one holds the media locked."""

    @abstractmethod
    async def save(self, letters: Sequence[DeadLetter]) -> None:
        """Update what has become of them, all in one round trip. Raises ConcurrentUpdate when any of them is stale."""

    @abstractmethod
    async def forget_resolved(self, *, before: datetime, limit: int) -> int:
        """Delete those decided on before that moment, and say how many. Any number may do it at once.

        A DISCARDED one about a deletion stays: it keeps the deletion from being begun again.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterSummary:
    """A letter without what it encloses, which may be a megabyte."""

    id: DeadLetterId
    kind: LetterKind
    topic: str
    place: str
    consumer: str
    message_id: str | None
    message_type: str | None
    task_id: TaskId | None
    asset_id: AssetId | None
    batch_id: BatchId | None
    listing_id: ListingId | None
    media_id: MediaId | None
    error_code: str
    error_detail: str
    attempts: int
    status: LetterStatus
    created_at: datetime
    resolved_at: datetime | None

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterSummary":
        return cls(
            id=letter.id,
            kind=letter.kind,
            topic=letter.message.topic,
            place=letter.message.place,
            consumer=letter.consumer,
            message_id=letter.message.id,
            message_type=letter.message.type,
            task_id=letter.task_id,
            asset_id=letter.asset_id,
            batch_id=letter.batch_id,
            listing_id=letter.listing_id,
            media_id=letter.media_id,
            error_code=letter.error_code,
            error_detail=letter.error_detail,
            attempts=letter.attempts,
            status=letter.status,
            created_at=letter.created_at,
            resolved_at=letter.resolved_at,
        )


class DeadLetterHistory(Protocol):
    """Questions about all dead letters."""

    @abstractmethod
    async def page(
        self, reach: Reach, *, status: LetterStatus | None, topic: str | None, before: DeadLetterId | None, limit: int
    ) -> Sequence[DeadLetterSummary]:
        """Newest first, those older than `before`; of any status and topic where none is given."""

    @abstractmethod
    async def count_open(self) -> int:
        """How many wait for a decision, of all stores and none."""
