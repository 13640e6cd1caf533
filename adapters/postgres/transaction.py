"""Statements on one connection, in one transaction."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, TypeAlias, TypeVar

import asyncpg

from adapters.postgres.errors import CONSTRAINTS, LOST_TRACK, STATEMENT_ERRORS, Refusals, domain_error
from adapters.postgres.statements import Row, Statement

T = TypeVar("T")
Record: TypeAlias = asyncpg.Record


class Transaction:
    """BEGIN goes out with the first write or lock, not before.

    Under READ COMMITTED each statement sees what is committed when it starts, so reads that come
    earlier see the same with and without it: a transaction that only reads costs no extra round trips.
    Statements raise ConcurrentUpdate, Unavailable, or the error that the table of constraints names.
    After a failed or cancelled one nothing can be written or committed any more.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._begun = False
        self._failed = False
        self._broken = False

    @property
    def is_broken(self) -> bool:
        """True when nothing more can be said on the connection."""
        return self._broken

    @property
    def is_open(self) -> bool:
        """True while the server holds a transaction that must be ended."""
        return self._begun

    async def read(self, statement: Statement, **values: Any) -> list[Record]:
        return await self._fetch(statement.text, statement.one(values), None)

    async def read_one(self, statement: Statement, **values: Any) -> Record | None:
        return next(iter(await self.read(statement, **values)), None)

    async def write(self, statement: Statement, **values: Any) -> list[Record]:
        """Run a statement that changes or locks rows, and hand over what it returns."""
        await self._begin()
        return await self._fetch(statement.text, statement.one(values), None)

    async def write_one(self, statement: Statement, **values: Any) -> Record | None:
        return next(iter(await self.write(statement, **values)), None)

    async def store(self, statement: Statement, row: Row, *, subject: object, refusals: Refusals = CONSTRAINTS) -> int:
        """Insert or update `subject` and say how many rows changed."""
        return await self._execute(statement.text, statement.one(row), subject, refusals)

    async def store_many(
        self, statement: Statement, rows: Sequence[Row], *, subject: object, refusals: Refusals = CONSTRAINTS
    ) -> int:
        return await self._execute(statement.text, statement.many(rows), subject, refusals)

    def fail(self) -> None:
        """What was written so far must not be committed."""
        self._failed = True

    async def commit(self) -> None:
        if self._begun and not self._failed:
            answer = await self._run(self._connection.execute("COMMIT"), None)
            self._begun = False
            self._failed = answer != "COMMIT"  # the server says ROLLBACK when a statement was cancelled
        self._require_sound()

    async def rollback(self) -> None:
        if self._begun:
            await self._run(self._connection.execute("ROLLBACK"), None)
            self._begun = False

    def _require_sound(self) -> None:
        if self._failed:
            raise RuntimeError("a statement of this transaction failed: nothing of it is stored")

    async def _begin(self) -> None:
        self._require_sound()
        if not self._begun:
            self._begun = True  # set first: a cancelled BEGIN may have reached the server
            await self._run(self._connection.execute("BEGIN"), None)

    async def _fetch(self, text: str, arguments: Sequence[Any], subject: object) -> list[Record]:
        return await self._run(self._connection.fetch(text, *arguments), subject)

    async def _execute(self, text: str, arguments: Sequence[Any], subject: object, refusals: Refusals) -> int:
        await self._begin()
        status = await self._run(self._connection.execute(text, *arguments), subject, refusals)
        return int(status.rpartition(" ")[2])

    async def _run(self, call: Awaitable[T], subject: object, refusals: Refusals = CONSTRAINTS) -> T:
        try:
            return await call
        except STATEMENT_ERRORS as error:
            self._failed = True
            self._broken = isinstance(error, LOST_TRACK)
            translated = domain_error(error, subject, refusals=refusals, connection_lost=self._connection.is_closed())
            if translated is None:
                raise
            raise translated from error
        except asyncio.CancelledError:
            self._failed = True
            raise
