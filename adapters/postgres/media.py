from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.failures import failure_from_row, failure_to_row, storable
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, sha256_of, version_column
from adapters.postgres.statements import Statement, compiled
from adapters.postgres.transaction import Record, Transaction
from domain.assets.failure import FailureCode
from domain.assets.rendition import MediaFacts, Rendition
from domain.checksum import Checksum
from domain.ids import BlobId, MediaId
from domain.media.content_class import ContentClass
from domain.media.deletion_failure import DeletionFailure, DeletionFailureCode
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.media.repository import MediaFiles
from domain.media.words import words_of

media = Table(
    "media",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("user_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("failure_code", Text),
    Column("failure_detail", Text),
    Column("blob_id", ID, ForeignKey("media_blobs.id", ondelete="RESTRICT")),
    Column("checksum", LargeBinary),
    Column("original_name", Text, nullable=False),
    # Those of the name, as the application reads them, for the library's search.
    Column("words", ARRAY(Text), nullable=False),
    Column("mime_type", Text, nullable=False),
    # What the MIME type means, for the library's filter.
    Column("content_class", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("storage_key", Text, nullable=False),
    Column("metadata", JSONB),
    Column("renditions", JSONB, nullable=False),
    Column("alt_text", Text),
    Column("description", Text),
    Column("folder", Text, nullable=False),
    # Moved by the ledger alone.
    Column("usage_count", Integer, nullable=False),
    Column("deletions", Integer, nullable=False),
    Column("deletion_failure_code", Text),
    Column("deletion_failure_detail", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    Column("quarantined_at", MOMENT),
    Column("deleted_at", MOMENT),
    version_column(),
    one_of("kind", MediaKind),
    one_of("status", MediaStatus),
    one_of("content_class", ContentClass),
    one_of("failure_code", FailureCode),
    one_of("deletion_failure_code", DeletionFailureCode),
    sha256_of("checksum"),
    *not_negative("size_bytes", "usage_count", "deletions"),
)

# Literals, not parameters: the planner must see that they imply the predicates of the indexes.
_IS_PENDING = sql("status = 'PENDING'")
IS_GOING = sql("status IN ('DELETE_REQUESTED', 'DELETE_FAILED')")
Index("ix_media_blob", media.c.blob_id, media.c.id, postgresql_where=sql("blob_id IS NOT NULL"))
Index("ix_media_pending", media.c.created_at, postgresql_where=_IS_PENDING)
Index("ix_media_going", media.c.updated_at, postgresql_where=IS_GOING)

_LIMIT = bindparam("limit", type_=BigInteger)
_find = select(media).where(media.c.id == bindparam("media_id", type_=ID))
_FIND = compiled(_find)
_FIND_ALL = compiled(select(media).where(media.c.id == func.any(bindparam("media_ids", type_=ARRAY(ID)))))
_LOCK = compiled(_find.with_for_update(key_share=True))
_LOCK_ALL = compiled(
    select(media)
    .where(media.c.id == func.any(bindparam("media_ids", type_=ARRAY(ID))))
    .order_by(media.c.id)
    .with_for_update(key_share=True)
)
_REMOVE = compiled(delete(media).where(media.c.id == bindparam("media_id", type_=ID)))
_PENDING = compiled(
    select(media.c.id).where(_IS_PENDING, media.c.id == func.any(bindparam("media_ids", type_=ARRAY(ID))))
)
_HOLDING = compiled(select(media.c.id).where(media.c.blob_id == bindparam("blob_id", type_=ID)).order_by(media.c.id))
_QUARANTINED = compiled(
    select(media.c.id)
    .where(media.c.blob_id == bindparam("blob_id", type_=ID), media.c.quarantined_at.is_not(None))
    .order_by(media.c.id)
)
_BEFORE = bindparam("before", type_=MOMENT)
_OVERDUE = compiled(
    select(media.c.id).where(_IS_PENDING, media.c.created_at < _BEFORE).order_by(media.c.created_at).limit(_LIMIT)
)
_UNFINISHED = Statement(
    # The first pause is the shortest: it keeps the index from being read to its end.
    "SELECT id FROM media WHERE status IN ('DELETE_REQUESTED', 'DELETE_FAILED') "
    "AND updated_at < $1::timestamptz - ($2::interval[])[1] "
    "AND updated_at < $1 - ($2::interval[])[least(greatest(deletions, 1), cardinality($2))] "
    "AND NOT EXISTS (SELECT FROM dead_letters "
    "WHERE media_id = media.id AND kind = 'MESSAGE' AND dead_letters.status = 'DISCARDED') "
    "ORDER BY updated_at LIMIT $3",
    ("now", "pauses", "limit"),
)
_all = select(media).order_by(media.c.id).limit(_LIMIT)
_FIRST_PAGE = compiled(_all)
_NEXT_PAGE = compiled(_all.where(media.c.id > bindparam("after", type_=ID)))
_FACTS = msgspec.json.Decoder(MediaFacts)
_RENDITIONS = msgspec.json.Decoder(tuple[Rendition, ...])
_ENCODER = msgspec.json.Encoder()


class PostgresMediaFiles(MediaFiles):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, media_id: MediaId) -> Media | None:
        row = await self._transaction.read_one(_FIND, media_id=media_id)
        return media_from_row(row) if row else None

    async def find_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        return [media_from_row(row) for row in await self._transaction.read(_FIND_ALL, media_ids=list(media_ids))]

    async def lock(self, media_id: MediaId) -> Media | None:
        row = await self._transaction.write_one(_LOCK, media_id=media_id)
        return media_from_row(row) if row else None

    async def lock_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        rows = await self._transaction.write(_LOCK_ALL, media_ids=list(media_ids))
        return [media_from_row(row) for row in rows]

    async def save(self, media: Media) -> None:
        await _WRITER.save(self._transaction, self._outbox, media)

    async def remove(self, media: Media) -> None:
        await self._transaction.write(_REMOVE, media_id=media.id)

    async def pending_among(self, media_ids: Collection[MediaId]) -> Collection[MediaId]:
        return {row["id"] for row in await self._transaction.read(_PENDING, media_ids=list(media_ids))}

    async def holding(self, blob_id: BlobId) -> Sequence[MediaId]:
        return [row["id"] for row in await self._transaction.read(_HOLDING, blob_id=blob_id)]

    async def overdue_uploads(self, *, before: datetime, limit: int) -> Sequence[MediaId]:
        return [row["id"] for row in await self._transaction.read(_OVERDUE, before=before, limit=limit)]

    async def quarantined(self, blob_id: BlobId) -> Sequence[MediaId]:
        return [row["id"] for row in await self._transaction.read(_QUARANTINED, blob_id=blob_id)]

    async def unfinished_deletions(
        self, *, now: datetime, pauses: Sequence[timedelta], limit: int
    ) -> Sequence[MediaId]:
        rows = await self._transaction.read(_UNFINISHED, now=now, pauses=list(pauses), limit=limit)
        return [row["id"] for row in rows]

    async def page(self, *, after: MediaId | None, limit: int) -> Sequence[Media]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        rows = await self._transaction.read(statement, after=after, limit=limit)
        return [media_from_row(row) for row in rows]


def _to_row(media: Media) -> dict[str, Any]:
    return {
        "id": media.id,
        "store_id": media.store_id,
        "user_id": media.user_id,
        "kind": media.kind,
        "status": media.status,
        **failure_to_row(media.failure),
        "blob_id": media.blob_id,
        "checksum": media.checksum and media.checksum.digest,
        "original_name": media.original_name,
        "words": sorted(words_of(media.original_name)),
        "mime_type": media.mime_type,
        "content_class": media.content_class,
        "size_bytes": media.size,
        "storage_key": media.storage_key,
        "metadata": media.facts and _ENCODER.encode(media.facts).decode(),
        "renditions": _ENCODER.encode(media.renditions).decode(),
        "alt_text": media.alt_text,
        "description": media.description,
        "folder": media.folder,
        "usage_count": media.usage_count,
        "deletions": media.deletions,
        "deletion_failure_code": media.deletion_failure and media.deletion_failure.code,
        "deletion_failure_detail": media.deletion_failure and storable(media.deletion_failure.detail),
        "created_at": media.created_at,
        "updated_at": media.updated_at,
        "quarantined_at": media.quarantined_at,
        "deleted_at": media.deleted_at,
    }


def media_from_row(row: Record | Mapping[str, Any]) -> Media:
    return Media(
        id=row["id"],
        store_id=row["store_id"],
        user_id=row["user_id"],
        kind=MediaKind(row["kind"]),
        status=MediaStatus(row["status"]),
        failure=failure_from_row(row),
        blob_id=row["blob_id"],
        checksum=Checksum(row["checksum"]) if row["checksum"] else None,
        original_name=row["original_name"],
        mime_type=row["mime_type"],
        size=row["size_bytes"],
        storage_key=row["storage_key"],
        facts=_FACTS.decode(row["metadata"]) if row["metadata"] else None,
        renditions=_RENDITIONS.decode(row["renditions"]),
        alt_text=row["alt_text"],
        description=row["description"],
        folder=row["folder"],
        usage_count=row["usage_count"],
        deletions=row["deletions"],
        deletion_failure=_deletion_failure(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        quarantined_at=row["quarantined_at"],
        deleted_at=row["deleted_at"],
        version=row["version"],
    )


def _deletion_failure(row: Record | Mapping[str, Any]) -> DeletionFailure | None:
    code = row["deletion_failure_code"]
    return DeletionFailure(code=DeletionFailureCode(code), detail=row["deletion_failure_detail"]) if code else None


_WRITER = AggregateWriter(media, _to_row, fixed=["store_id", "user_id", "kind", "usage_count", "created_at"])
