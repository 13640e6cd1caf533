from collections.abc import Mapping
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.assets import PostgresAssets
from adapters.postgres.backlog import PostgresBacklog
from adapters.postgres.batch_history import PostgresBatchHistory
from adapters.postgres.batches import PostgresBatches
from adapters.postgres.dead_letter_history import PostgresDeadLetterHistory
from adapters.postgres.dead_letters import PostgresDeadLetters
from adapters.postgres.jobs import PostgresJobs
from adapters.postgres.leases import PostgresLeases
from adapters.postgres.listings import PostgresListings
from adapters.postgres.outbox import PostgresOutbox
from adapters.postgres.outbox_writer import Headers, OutboxWriter
from adapters.postgres.pooled_connection import give_back, take_out, to_the_end
from adapters.postgres.processed_messages import PostgresProcessedMessages
from adapters.postgres.tasks import PostgresTasks
from adapters.postgres.transaction import Transaction
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory


class PostgresUnitOfWork(UnitOfWork):
    """One READ COMMITTED transaction on one connection of the pool. For one task at a time, and for one use."""

    def __init__(self, engine: AsyncEngine, ids: Ids, headers: Headers) -> None:
        self._engine = engine
        self._ids = ids
        self._headers = headers

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
        self.outbox = PostgresOutbox(transaction)
        self.processed_messages = PostgresProcessedMessages(transaction)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await give_back(self._connection, self._transaction)

    async def commit(self) -> None:
        # A commit that is cut in half leaves nobody knowing whether it happened.
        await to_the_end(self._commit())

    async def _commit(self) -> None:
        await self._outbox.flush()
        await self._transaction.commit()


def _no_headers() -> Mapping[str, str]:
    return {}


class PostgresUnitOfWorkFactory(UnitOfWorkFactory):
    """`headers` tells what every message of a transaction carries along, such as its `traceparent`."""

    def __init__(self, engine: AsyncEngine, ids: Ids, *, headers: Headers = _no_headers) -> None:
        self._engine = engine
        self._ids = ids
        self._headers = headers

    def __call__(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self._engine, self._ids, self._headers)
