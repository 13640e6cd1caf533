from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
)
from sqlalchemy import text as sql

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, sha256_of, version_column
from adapters.postgres.statements import Statement, compiled, insert_one
from adapters.postgres.transaction import Record, Transaction
from domain.checksum import Checksum
from domain.errors import Unavailable
from domain.ids import BlobId, StoreId
from domain.media.blob import Blob
from domain.media.repository import Blobs

blobs = Table(
    "media_blobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    # In the order of bytes, as stores list.
    Column("key", Text(collation="C"), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content_type", Text, nullable=False),
    # The media that hold it; audited against media.blob_id.
    Column("holders", Integer, nullable=False),
    Column("condemned_at", MOMENT),
    Column("collecting_since", MOMENT),
    Column("created_at", MOMENT, nullable=False),
    version_column(),
    UniqueConstraint("store_id", "checksum"),
    UniqueConstraint("key"),
    sha256_of("checksum"),
    CheckConstraint("(holders = 0) = (condemned_at IS NOT NULL)", name="condemned"),
    *not_negative("size_bytes", "holders"),
)
Index("ix_media_blobs_condemned", blobs.c.condemned_at, postgresql_where=sql("condemned_at IS NOT NULL"))

_TRIES = 5
"""At a blob that others remove and describe anew while it is waited for."""

_LIMIT = bindparam("limit", type_=BigInteger)
_BY_BYTES = (
    blobs.c.store_id == bindparam("store_id", type_=ID),
    blobs.c.checksum == bindparam("checksum", type_=LargeBinary),
)
_insert = insert_one(blobs)
# Of no one constraint: two at once would wait for each other at the one that is not named, their keys being equal too.
_INSERT_IF_NEW = Statement(f"{_insert.text} ON CONFLICT DO NOTHING", _insert.names)
_FIND = compiled(select(blobs).where(*_BY_BYTES))
_AT = compiled(select(blobs).where(blobs.c.key == bindparam("key", type_=Text)))
_LOCK_BY_BYTES = compiled(select(blobs).where(*_BY_BYTES).with_for_update())
_LOCK = compiled(select(blobs).where(blobs.c.id == bindparam("blob_id", type_=ID)).with_for_update())
_REMOVE = compiled(delete(blobs).where(blobs.c.id == bindparam("blob_id", type_=ID), sql("holders = 0")))
_CONDEMNED = compiled(
    select(blobs.c.id)
    .where(sql("condemned_at IS NOT NULL"), blobs.c.condemned_at < bindparam("before", type_=MOMENT))
    .order_by(blobs.c.condemned_at)
    .limit(_LIMIT)
)
_all = select(blobs).order_by(blobs.c.id).limit(_LIMIT)
_FIRST_PAGE = compiled(_all)
_NEXT_PAGE = compiled(_all.where(blobs.c.id > bindparam("after", type_=ID)))


class PostgresBlobs(Blobs):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def obtain(self, described: Blob) -> Blob:
        # One that is just being removed by the collector is waited for, and then it is gone: ask again.
        for _ in range(_TRIES):
            row = {**_to_row(described), "version": 1}
            if await self._transaction.store(_INSERT_IF_NEW, row, subject=described):
                described.version = 1
                return described
            found = await self._transaction.write_one(
                _LOCK_BY_BYTES, store_id=described.store_id, checksum=described.checksum.digest
            )
            if found is not None:
                return blob_from_row(found)
        raise Unavailable(
            f"no blob of {described.checksum} can be had: other bytes have {described.key}, or come and go"
        )

    async def find(self, store_id: StoreId, checksum: Checksum) -> Blob | None:
        row = await self._transaction.read_one(_FIND, store_id=store_id, checksum=checksum.digest)
        return blob_from_row(row) if row else None

    async def at(self, key: str) -> Blob | None:
        row = await self._transaction.read_one(_AT, key=key)
        return blob_from_row(row) if row else None

    async def lock(self, blob_id: BlobId) -> Blob | None:
        row = await self._transaction.write_one(_LOCK, blob_id=blob_id)
        return blob_from_row(row) if row else None

    async def save(self, blob: Blob) -> None:
        await _WRITER.save(self._transaction, self._outbox, blob)

    async def remove(self, blob: Blob) -> None:
        await self._transaction.write(_REMOVE, blob_id=blob.id)

    async def condemned(self, *, before: datetime, limit: int) -> Sequence[BlobId]:
        return [row["id"] for row in await self._transaction.read(_CONDEMNED, before=before, limit=limit)]

    async def page(self, *, after: BlobId | None, limit: int) -> Sequence[Blob]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        return [blob_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(blob: Blob) -> dict[str, Any]:
    return {
        "id": blob.id,
        "store_id": blob.store_id,
        "checksum": blob.checksum.digest,
        "key": blob.key,
        "size_bytes": blob.size,
        "content_type": blob.content_type,
        "holders": blob.holders,
        "condemned_at": blob.condemned_at,
        "collecting_since": blob.collecting_since,
        "created_at": blob.created_at,
    }


def blob_from_row(row: Record) -> Blob:
    return Blob(
        id=row["id"],
        store_id=row["store_id"],
        checksum=Checksum(row["checksum"]),
        key=row["key"],
        size=row["size_bytes"],
        content_type=row["content_type"],
        holders=row["holders"],
        condemned_at=row["condemned_at"],
        collecting_since=row["collecting_since"],
        created_at=row["created_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(blobs, _to_row, fixed=["store_id", "checksum", "key", "content_type", "created_at"])
