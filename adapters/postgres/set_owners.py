"""Parts and kits: two tables of one shape."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, bindparam, delete, select

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.attachment_sets import attachment_sets, set_attachments
from adapters.postgres.media import media, media_from_row
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.attachment_sets.repository import CoveredOwner, SetOwners
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import StoreId
from domain.kits.kit import Kit, Kits
from domain.parts.part import Part, Parts

Owner = TypeVar("Owner", bound=SetOwner)


def _owners(name: str) -> Table:
    table = Table(
        name,
        metadata,
        Column("id", ID, primary_key=True),
        Column("store_id", ID, nullable=False),
        Column("name", Text, nullable=False),
        # RESTRICT: with CASCADE here the owner would go with its set, when it is the set that must go with its owner.
        Column(
            "attachment_set_id",
            ID,
            ForeignKey("attachment_sets.id", ondelete="RESTRICT"),
            nullable=False,
            unique=True,
        ),
        Column("created_at", MOMENT, nullable=False),
        Column("updated_at", MOMENT, nullable=False),
        version_column(),
        CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="name"),
    )
    Index(f"ix_{name}_of_store", table.c.store_id, table.c.id.desc())
    return table


parts = _owners("parts")
kits = _owners("kits")
_COVER = "cover_media_"


class _Statements:
    def __init__(self, table: Table) -> None:
        this = table.c.id == bindparam("owner_id", type_=ID)
        covered = (
            select(table, *(column.label(f"{_COVER}{column.name}") for column in media.columns))
            .join_from(table, attachment_sets, table.c.attachment_set_id == attachment_sets.c.id)
            .outerjoin(set_attachments, attachment_sets.c.cover_attachment_id == set_attachments.c.id)
            .outerjoin(media, set_attachments.c.media_id == media.c.id)
        )
        of_store = (
            covered.where(table.c.store_id == bindparam("store_id", type_=ID))
            .order_by(table.c.id.desc())
            .limit(bindparam("limit", type_=BigInteger))
        )
        self.find = compiled(covered.where(this))
        self.lock = compiled(select(table).where(this).with_for_update())
        self.remove = compiled(delete(table).where(this))
        self.newest = compiled(of_store)
        self.older = compiled(of_store.where(table.c.id < bindparam("before", type_=ID)))
        self.writer: AggregateWriter[SetOwner] = AggregateWriter(
            table, _to_row, fixed=["store_id", "attachment_set_id", "created_at"]
        )


class _PostgresSetOwners(SetOwners[Owner], Generic[Owner]):
    _owner: ClassVar[type[SetOwner]]
    _statements: ClassVar[_Statements]

    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, owner_id: UUID) -> CoveredOwner[Owner] | None:
        row = await self._transaction.read_one(self._statements.find, owner_id=owner_id)
        return self._covered(row) if row else None

    async def lock(self, owner_id: UUID) -> Owner | None:
        row = await self._transaction.write_one(self._statements.lock, owner_id=owner_id)
        return self._from_row(row) if row else None

    async def save(self, owner: Owner) -> None:
        await self._statements.writer.save(self._transaction, self._outbox, owner)

    async def remove(self, owner: Owner) -> None:
        await self._transaction.write(self._statements.remove, owner_id=owner.id)

    async def of_store(self, store_id: StoreId, *, before: UUID | None, limit: int) -> Sequence[CoveredOwner[Owner]]:
        statement = self._statements.newest if before is None else self._statements.older
        rows = await self._transaction.read(statement, store_id=store_id, before=before, limit=limit)
        return [self._covered(row) for row in rows]

    def _covered(self, row: Record) -> CoveredOwner[Owner]:
        cover = {column.name: row[f"{_COVER}{column.name}"] for column in media.columns}
        return CoveredOwner(owner=self._from_row(row), cover=media_from_row(cover) if cover["id"] else None)

    def _from_row(self, row: Mapping[str, Any]) -> Owner:
        return self._owner(  # type: ignore[return-value]  # each subclass names the class that it is generic over
            id=row["id"],
            store_id=row["store_id"],
            name=row["name"],
            attachment_set_id=row["attachment_set_id"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            version=row["version"],
        )


def _to_row(owner: SetOwner) -> dict[str, Any]:
    return {
        "id": owner.id,
        "store_id": owner.store_id,
        "name": owner.name,
        "attachment_set_id": owner.attachment_set_id,
        "created_at": owner.created_at,
        "updated_at": owner.updated_at,
    }


class PostgresParts(_PostgresSetOwners[Part], Parts):
    _owner = Part
    _statements = _Statements(parts)


class PostgresKits(_PostgresSetOwners[Kit], Kits):
    _owner = Kit
    _statements = _Statements(kits)
