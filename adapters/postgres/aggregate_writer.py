"""Writing aggregates: versions are checked, events are kept for the outbox."""

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from adapters.postgres.errors import CONSTRAINTS, Refusals, changed_meanwhile
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.statements import insert_many, insert_one, update_many, update_one
from adapters.postgres.transaction import Transaction
from domain.errors import ConcurrentUpdate
from domain.events import Aggregate

A = TypeVar("A", bound=Aggregate)
ToRow = Callable[[A], dict[str, Any]]


class AggregateWriter(Generic[A]):
    """Writes the aggregates of one table; the `fixed` columns never change after the insert. `refusals` are further
    constraints that a correct caller may run into; its primary key is one.

    A written aggregate has the version of its row at once, so that it may be saved again in the
    same transaction. After a rollback it is of no more use: read it again.
    """

    def __init__(
        self,
        table: Table,
        to_row: ToRow[A],
        *,
        fixed: Iterable[str],
        refusals: Refusals = MappingProxyType({}),
    ) -> None:
        self._to_row = to_row
        self._refusals = {**CONSTRAINTS, f"pk_{table.name}": changed_meanwhile, **refusals}
        self._insert_one, self._insert_many = insert_one(table), insert_many(table)
        self._update_one, self._update_many = update_one(table, fixed=fixed), update_many(table, fixed=fixed)

    async def save(self, transaction: Transaction, outbox: OutboxWriter, aggregate: A) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""
        statement = self._update_one if aggregate.version else self._insert_one
        row = self._to_row(aggregate)
        row["version"] = aggregate.version or 1
        stored = await transaction.store(statement, row, subject=aggregate, refusals=self._refusals)
        _written(transaction, outbox, [aggregate], stored)

    async def add(self, transaction: Transaction, outbox: OutboxWriter, aggregates: Sequence[A]) -> None:
        """Insert all of them at once."""
        await self._many(transaction, outbox, aggregates, update=False)

    async def save_all(self, transaction: Transaction, outbox: OutboxWriter, aggregates: Sequence[A]) -> None:
        """Update all of them at once. Raises ConcurrentUpdate when any of them is stale."""
        await self._many(transaction, outbox, aggregates, update=True)

    async def _many(
        self, transaction: Transaction, outbox: OutboxWriter, aggregates: Sequence[A], *, update: bool
    ) -> None:
        if not aggregates:
            return
        rows = [self._to_row(aggregate) for aggregate in aggregates]
        for row, aggregate in zip(rows, aggregates, strict=True):
            row["version"] = aggregate.version if update else 1
        statement = self._update_many if update else self._insert_many
        stored = await transaction.store_many(statement, rows, subject=aggregates[0], refusals=self._refusals)
        _written(transaction, outbox, aggregates, stored)


def _written(transaction: Transaction, outbox: OutboxWriter, aggregates: Sequence[Aggregate], stored: int) -> None:
    if stored != len(aggregates):
        transaction.fail()
        raise ConcurrentUpdate("it was changed since it was read; read again and repeat")
    for aggregate in aggregates:
        aggregate.version += 1
    outbox.collect(aggregates)
