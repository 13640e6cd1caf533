from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeAlias, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.assets import PostgresAssets
from adapters.postgres.attachments import PostgresAttachments
from adapters.postgres.backlog import PostgresBacklog
from adapters.postgres.batch_history import PostgresBatchHistory
from adapters.postgres.batches import PostgresBatches
from adapters.postgres.blobs import PostgresBlobs
from adapters.postgres.census import PostgresCensus
from adapters.postgres.dead_letter_history import PostgresDeadLetterHistory
from adapters.postgres.dead_letters import PostgresDeadLetters
from adapters.postgres.jobs import PostgresJobs
from adapters.postgres.leases import PostgresLeases
from adapters.postgres.listings import PostgresListings
from adapters.postgres.media import PostgresMediaFiles
from adapters.postgres.media_library import PostgresMediaLibrary
from adapters.postgres.outbox import PostgresOutbox
from adapters.postgres.outbox_writer import Headers, OutboxWriter
from adapters.postgres.pooled_connection import give_back, take_out, to_the_end
from adapters.postgres.processed_messages import PostgresProcessedMessages
from adapters.postgres.tasks import PostgresTasks
from adapters.postgres.transaction import Transaction
from application.ports.ids import Ids
from application.unit_of_work import NoTransaction, UnitOfWork, UnitOfWorkFactory

R = TypeVar("R")
PostgresRepositories: TypeAlias = Mapping[type, Callable[[Transaction, OutboxWriter], Any]]
"""What makes the repositories of consumers of media, by port."""


class PostgresUnitOfWork(UnitOfWork):
    """One READ COMMITTED transaction on one connection of the pool. For one task at a time, and for one use."""

    def __init__(self, engine: AsyncEngine, ids: Ids, headers: Headers, repositories: PostgresRepositories) -> None:
        self._engine = engine
        self._ids = ids
        self._headers = headers
        self._repositories = repositories
        self._made: dict[type, Any] = {}
        self._open = False

    async def __aenter__(self) -> Self:
        self._connection = await take_out(self._engine)
        transaction = Transaction(self._connection.driver_connection)
        outbox = OutboxWriter(transaction, self._ids, self._headers)
        self._transaction, self._outbox = transaction, outbox
        self.listings = PostgresListings(transaction, outbox)
        self.batches = PostgresBatches(transaction, outbox)
        self.batch_history = PostgresBatchHistory(transaction)
        self.assets = PostgresAssets(transaction, outbox)
        self.jobs = PostgresJobs(transaction, outbox)
        self.tasks = PostgresTasks(transaction, outbox)
        self.leases = PostgresLeases(transaction)
        self.backlog = PostgresBacklog(transaction)
        self.dead_letters = PostgresDeadLetters(transaction, outbox)
        self.dead_letter_history = PostgresDeadLetterHistory(transaction)
        self.media = PostgresMediaFiles(transaction, outbox)
        self.media_library = PostgresMediaLibrary(transaction)
        self.blobs = PostgresBlobs(transaction, outbox)
        self.attachments = PostgresAttachments(transaction)
        self.census = PostgresCensus(transaction)
        self.outbox = PostgresOutbox(transaction)
        self.processed_messages = PostgresProcessedMessages(transaction)
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        await give_back(self._connection, self._transaction)

    def repository(self, port: type[R]) -> R:
        self.require_open()
        if port not in self._made:
            self._made[port] = self._repositories[port](self._transaction, self._outbox)
        made: R = self._made[port]
        return made

    def require_open(self) -> None:
        if not self._open:
            raise NoTransaction("there is no open transaction")

    async def commit(self) -> None:
        # A commit that is cut in half leaves nobody knowing whether it happened.
        await to_the_end(self._commit())

    async def _commit(self) -> None:
        await self._outbox.flush()
        await self._transaction.commit()
        self._open = False


def _no_headers() -> Mapping[str, str]:
    return {}


class PostgresUnitOfWorkFactory(UnitOfWorkFactory):
    """`headers` tells what every message of a transaction carries along, such as its `traceparent`; `repositories` are
    those of the consumers of media.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        ids: Ids,
        *,
        headers: Headers = _no_headers,
        repositories: PostgresRepositories = MappingProxyType({}),
    ) -> None:
        self._engine = engine
        self._ids = ids
        self._headers = headers
        self._repositories = repositories

    def __call__(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self._engine, self._ids, self._headers, self._repositories)
