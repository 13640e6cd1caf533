"""One transaction over all repositories.

    async with begin() as tx:
        batch = await tx.batches.lock(batch_id)
        ...
        await tx.batches.save(batch)
        await tx.commit()

Leaving the block without `commit` rolls back. Events that saved aggregates recorded go to the
outbox in the same transaction. No call to the object store, to Kafka or over HTTP happens
while it is open, but for those of the relay and of the collector of blobs. To lock several
aggregates, go in this order: listing, batch, job, task, dead letter; an entity that uses media,
media by id, blob; media, task, dead letter.
"""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from application.ports.census import Census
from application.ports.messaging import OutboxQueue, ProcessedMessages
from domain.assets.repository import Assets
from domain.attachments.repository import Attachments
from domain.batches.repository import Batches, BatchHistory
from domain.dead_letters.repository import DeadLetterHistory, DeadLetters
from domain.jobs.repository import Backlog, Jobs, Leases, Tasks
from domain.listings.repository import Listings
from domain.media.repository import Blobs, MediaFiles, MediaLibrary

R = TypeVar("R")


class NoTransaction(RuntimeError):
    """A defect of the caller: this belongs into a transaction that is open."""


class UnitOfWork(Protocol):
    listings: Listings
    batches: Batches
    batch_history: BatchHistory
    assets: Assets
    jobs: Jobs
    tasks: Tasks
    leases: Leases
    backlog: Backlog
    dead_letters: DeadLetters
    dead_letter_history: DeadLetterHistory
    media: MediaFiles
    media_library: MediaLibrary
    blobs: Blobs
    attachments: Attachments
    census: Census
    outbox: OutboxQueue
    processed_messages: ProcessedMessages

    @abstractmethod
    def repository(self, port: type[R]) -> R:
        """The repository of a consumer of media, by its port: the core knows none of them. Raises LookupError for one
        that is not registered.
        """

    @abstractmethod
    def require_open(self) -> None:
        """Raises NoTransaction before the block is entered, after `commit`, and after the block."""

    @abstractmethod
    async def commit(self) -> None:
        """Make everything durable and visible, events included. Raises Unavailable when the database went away."""


class UnitOfWorkFactory(Protocol):
    @abstractmethod
    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]: ...
