from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    select,
    text,
)

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, not_negative, one_of, sha256_of, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.assets.failure import FailureCode
from domain.batches.batch import Archive, Batch, BatchStatus
from domain.batches.repository import Batches
from domain.checksum import Checksum
from domain.ids import BatchId, ListingId

batches = Table(
    "listing_media_batches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("listing_id", ID, ForeignKey("listings.id"), nullable=False),
    Column("store_id", ID, nullable=False),
    Column("reference", Text, nullable=False),
    Column("manifest_digest", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("failure_code", Text),
    Column("carries_photos", Boolean, nullable=False),
    Column("file_count", Integer, nullable=False),
    Column("total_bytes", BigInteger, nullable=False),
    Column("jobs", Integer, nullable=False),
    # No foreign key: a batch and its job point at each other, and either may be written first.
    Column("job_id", ID),
    Column("archive_key", Text),
    Column("archive_size", BigInteger),
    Column("archive_extracted_size", BigInteger),
    Column("archive_checksum", LargeBinary),
    Column("created_by", ID, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("received_at", MOMENT),
    Column("settled_at", MOMENT),
    Column("ready_at", MOMENT),
    Column("deleted_at", MOMENT),
    version_column(),
    one_of("status", BatchStatus),
    one_of("failure_code", FailureCode),
    sha256_of("manifest_digest"),
    sha256_of("archive_checksum"),
    *not_negative("file_count", "total_bytes", "jobs", "archive_size", "archive_extracted_size"),
)

# Literals, not parameters: the planner must see that they imply the predicates of the indexes.
NOT_DELETED = batches.c.deleted_at.is_(None)
_HOLDS_ITS_REFERENCE = text("deleted_at IS NULL AND failure_code IS DISTINCT FROM 'UPLOAD_EXPIRED'")
AWAITS_UPLOADS = text("deleted_at IS NULL AND status = 'PENDING_UPLOAD'")

Index(
    "uq_listing_media_batches_live_reference",
    batches.c.listing_id,
    batches.c.reference,
    unique=True,
    postgresql_where=_HOLDS_ITS_REFERENCE,
)
Index("ix_listing_media_batches_of_listing", batches.c.listing_id, batches.c.id, postgresql_where=NOT_DELETED)
Index("ix_listing_media_batches_awaiting_uploads", batches.c.expires_at, postgresql_where=AWAITS_UPLOADS)

_ID = bindparam("batch_id", type_=ID)
_find = select(batches).where(batches.c.id == _ID)
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update(key_share=True))
_FIND_LIVE = compiled(
    select(batches).where(
        batches.c.listing_id == bindparam("listing_id", type_=ID),
        batches.c.reference == bindparam("reference", type_=Text),
        _HOLDS_ITS_REFERENCE,
    )
)


class PostgresBatches(Batches):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, batch_id: BatchId) -> Batch | None:
        return _unless_deleted(await self._transaction.read_one(_FIND, batch_id=batch_id))

    async def lock(self, batch_id: BatchId) -> Batch | None:
        return _unless_deleted(await self._transaction.write_one(_LOCK, batch_id=batch_id))

    async def find_live(self, listing_id: ListingId, reference: str) -> Batch | None:
        row = await self._transaction.read_one(_FIND_LIVE, listing_id=listing_id, reference=reference)
        return batch_from_row(row) if row else None

    async def save(self, batch: Batch) -> None:
        await _WRITER.save(self._transaction, self._outbox, batch)


def _to_row(batch: Batch) -> dict[str, Any]:
    archive = batch.archive
    return {
        "id": batch.id,
        "listing_id": batch.listing_id,
        "store_id": batch.store_id,
        "reference": batch.reference,
        "manifest_digest": batch.manifest_digest,
        "status": batch.status,
        "failure_code": batch.failure_code,
        "carries_photos": batch.carries_photos,
        "file_count": batch.file_count,
        "total_bytes": batch.total_bytes,
        "jobs": batch.jobs,
        "job_id": batch.job_id,
        "archive_key": archive and archive.key,
        "archive_size": archive and archive.size,
        "archive_extracted_size": archive and archive.extracted_size,
        "archive_checksum": archive and archive.checksum and archive.checksum.digest,
        "created_by": batch.created_by,
        "created_at": batch.created_at,
        "expires_at": batch.expires_at,
        "received_at": batch.received_at,
        "settled_at": batch.settled_at,
        "ready_at": batch.ready_at,
        "deleted_at": batch.deleted_at,
    }


def _unless_deleted(row: Record | None) -> Batch | None:
    return batch_from_row(row) if row and row["deleted_at"] is None else None


def batch_from_row(row: Record) -> Batch:
    return Batch(
        id=row["id"],
        listing_id=row["listing_id"],
        store_id=row["store_id"],
        reference=row["reference"],
        manifest_digest=row["manifest_digest"],
        status=BatchStatus(row["status"]),
        failure_code=FailureCode(row["failure_code"]) if row["failure_code"] else None,
        carries_photos=row["carries_photos"],
        file_count=row["file_count"],
        total_bytes=row["total_bytes"],
        jobs=row["jobs"],
        job_id=row["job_id"],
        archive=_archive_from_row(row) if row["archive_key"] else None,
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        received_at=row["received_at"],
        settled_at=row["settled_at"],
        ready_at=row["ready_at"],
        deleted_at=row["deleted_at"],
        version=row["version"],
    )


def _archive_from_row(row: Record) -> Archive:
    return Archive(
        key=row["archive_key"],
        size=row["archive_size"],
        extracted_size=row["archive_extracted_size"],
        checksum=Checksum(row["archive_checksum"]) if row["archive_checksum"] else None,
    )


_WRITER = AggregateWriter(batches, _to_row, fixed=["listing_id", "store_id", "created_by", "created_at"])
