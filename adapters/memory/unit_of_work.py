from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeAlias, TypeVar

from adapters.memory.assets import MemoryAssets
from adapters.memory.attachments import MemoryAttachments
from adapters.memory.backlog import MemoryBacklog
from adapters.memory.batch_history import MemoryBatchHistory
from adapters.memory.batches import MemoryBatches
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.census import MemoryCensus
from adapters.memory.database import MemoryDatabase, OutboxRecord
from adapters.memory.dead_letter_history import MemoryDeadLetterHistory
from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.jobs import MemoryJobs
from adapters.memory.leases import MemoryLeases
from adapters.memory.listings import MemoryListings
from adapters.memory.media import MemoryMediaFiles
from adapters.memory.media_library import MemoryMediaLibrary
from adapters.memory.outbox import MemoryOutbox
from adapters.memory.processed_messages import MemoryProcessedMessages
from adapters.memory.tasks import MemoryTasks
from adapters.memory.transaction import MemoryTransaction
from application.events.envelope import to_message
from application.ports.ids import Ids
from application.unit_of_work import NoTransaction, UnitOfWork, UnitOfWorkFactory
from domain.events import Event
from domain.jobs.events import TaskScheduled

R = TypeVar("R")
Headers = Callable[[], Mapping[str, str]]
MemoryRepositories: TypeAlias = Mapping[type, Callable[[MemoryTransaction], Any]]
"""What makes the repositories of consumers of media, by port."""


class MemoryUnitOfWork(UnitOfWork):
    """One transaction on a MemoryDatabase. For one task at a time, and for one use."""

    def __init__(self, database: MemoryDatabase, ids: Ids, headers: Headers, repositories: MemoryRepositories) -> None:
        self._database = database
        self._ids = ids
        self._headers = headers
        self._repositories = repositories
        self._made: dict[type, Any] = {}
        self._open = False
        self._transaction = MemoryTransaction(database)
        self.listings = MemoryListings(self._transaction)
        self.batches = MemoryBatches(self._transaction)
        self.batch_history = MemoryBatchHistory(self._transaction)
        self.assets = MemoryAssets(self._transaction)
        self.jobs = MemoryJobs(self._transaction)
        self.tasks = MemoryTasks(self._transaction)
        self.leases = MemoryLeases(self._transaction)
        self.backlog = MemoryBacklog(self._transaction)
        self.dead_letters = MemoryDeadLetters(self._transaction)
        self.dead_letter_history = MemoryDeadLetterHistory(self._transaction)
        self.media = MemoryMediaFiles(self._transaction)
        self.media_library = MemoryMediaLibrary(self._transaction)
        self.blobs = MemoryBlobs(self._transaction)
        self.attachments = MemoryAttachments(self._transaction)
        self.census = MemoryCensus(self._transaction)
        self.outbox = MemoryOutbox(self._transaction)
        self.processed_messages = MemoryProcessedMessages(self._transaction)

    async def __aenter__(self) -> Self:
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._transaction.end()

    def repository(self, port: type[R]) -> R:
        self.require_open()
        if port not in self._made:
            self._made[port] = self._repositories[port](self._transaction)
        made: R = self._made[port]
        return made

    def require_open(self) -> None:
        if not self._open:
            raise NoTransaction("there is no open transaction")

    async def commit(self) -> None:
        for event in self._transaction.pull_events():
            record = self._outbox_record(event)
            self._transaction.put(OutboxRecord, record.position, record)
        self._transaction.commit()
        self._open = False

    def _outbox_record(self, event: Event) -> OutboxRecord:
        message = to_message(event, message_id=self._ids.new(), headers=dict(self._headers()))
        due = event.not_before if isinstance(event, TaskScheduled) else event.occurred_at
        return OutboxRecord(position=self._database.next_position(), message=message, available_at=due)


class MemoryUnitOfWorkFactory(UnitOfWorkFactory):
    """`headers` tells what every message of a transaction carries along, such as its `traceparent`; `repositories` are
    those of the consumers of media.
    """

    def __init__(
        self,
        database: MemoryDatabase,
        ids: Ids,
        *,
        headers: Headers = dict,
        repositories: MemoryRepositories = MappingProxyType({}),
    ) -> None:
        self._database = database
        self._ids = ids
        self._headers = headers
        self._repositories = repositories

    def __call__(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self._database, self._ids, self._headers, self._repositories)
