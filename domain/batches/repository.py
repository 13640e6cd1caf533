from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.batches.batch import Batch
from domain.ids import BatchId, ListingId


class Batches(Protocol):
    """All batches that are not deleted."""

    @abstractmethod
    async def find(self, batch_id: BatchId) -> Batch | None:
        """The batch, or None; a deleted one is None."""

    @abstractmethod
    async def lock(self, batch_id: BatchId) -> Batch | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def find_live(self, listing_id: ListingId, reference: str) -> Batch | None:
        """The batch that holds this reference: not deleted, not failed with UPLOAD_EXPIRED."""

    @abstractmethod
    async def save(self, batch: Batch) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate, or BatchReferenceTaken when
        another live batch of the listing holds the reference.
        """


class BatchHistory(Protocol):
    """Questions about the batches of a listing, and of all. Deleted ones are left out."""

    @abstractmethod
    async def page(self, listing_id: ListingId, *, before: BatchId | None, limit: int) -> Sequence[Batch]:
        """Newest first, those older than `before`; ids sort by time of birth."""

    @abstractmethod
    async def latest_ready(self, listing_id: ListingId) -> Batch | None:
        """The newest batch that is READY, or was before a run that has not succeeded (yet); or None."""

    @abstractmethod
    async def has_ready_photos(self, listing_id: ListingId) -> bool:
        """Whether some photo or video batch of the listing is READY."""

    @abstractmethod
    async def in_flight(self, listing_id: ListingId) -> int:
        """How many photo and video batches of the listing are RECEIVED or PROCESSING."""

    @abstractmethod
    async def overdue_uploads(self, *, now: datetime, limit: int) -> Sequence[BatchId]:
        """PENDING_UPLOAD batches whose time is over, oldest first."""
