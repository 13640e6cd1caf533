from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, bindparam, delete, select
from sqlalchemy import text as sql

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, one_of, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.ids import LicenseId, StoreId
from domain.licenses.license import License, LicenseStatus
from domain.licenses.repository import Licenses

licenses = Table(
    "licenses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("number", Text, nullable=False),
    Column("media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("status", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
    one_of("status", LicenseStatus),
)
_HAS_DOCUMENT = sql("media_id IS NOT NULL")
Index("ix_licenses_of_store", licenses.c.store_id, licenses.c.id.desc())
Index("ix_licenses_document", licenses.c.id, postgresql_where=_HAS_DOCUMENT)

_ID = bindparam("license_id", type_=ID)
_LIMIT = bindparam("limit", type_=BigInteger)
_find = select(licenses).where(licenses.c.id == _ID)
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update())
_REMOVE = compiled(delete(licenses).where(licenses.c.id == _ID))
_of_store = (
    select(licenses)
    .where(licenses.c.store_id == bindparam("store_id", type_=ID))
    .order_by(licenses.c.id.desc())
    .limit(_LIMIT)
)
_NEWEST = compiled(_of_store)
_OLDER = compiled(_of_store.where(licenses.c.id < bindparam("before", type_=ID)))
_page = select(licenses).where(_HAS_DOCUMENT).order_by(licenses.c.id).limit(_LIMIT)
_FIRST_PAGE = compiled(_page)
_NEXT_PAGE = compiled(_page.where(licenses.c.id > bindparam("after", type_=ID)))


class PostgresLicenses(Licenses):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, license_id: LicenseId) -> License | None:
        row = await self._transaction.read_one(_FIND, license_id=license_id)
        return _from_row(row) if row else None

    async def lock(self, license_id: LicenseId) -> License | None:
        row = await self._transaction.write_one(_LOCK, license_id=license_id)
        return _from_row(row) if row else None

    async def save(self, license_: License) -> None:
        await _WRITER.save(self._transaction, self._outbox, license_)

    async def remove(self, license_: License) -> None:
        await self._transaction.write(_REMOVE, license_id=license_.id)

    async def of_store(self, store_id: StoreId, *, before: LicenseId | None, limit: int) -> Sequence[License]:
        statement = _NEWEST if before is None else _OLDER
        rows = await self._transaction.read(statement, store_id=store_id, before=before, limit=limit)
        return [_from_row(row) for row in rows]

    async def page(self, *, after: LicenseId | None, limit: int) -> Sequence[License]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(license_: License) -> dict[str, Any]:
    return {
        "id": license_.id,
        "store_id": license_.store_id,
        "number": license_.number,
        "media_id": license_.media_id,
        "status": license_.status,
        "created_at": license_.created_at,
        "updated_at": license_.updated_at,
    }


def _from_row(row: Record) -> License:
    return License(
        id=row["id"],
        store_id=row["store_id"],
        number=row["number"],
        media_id=row["media_id"],
        status=LicenseStatus(row["status"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(licenses, _to_row, fixed=["store_id", "created_at"])
