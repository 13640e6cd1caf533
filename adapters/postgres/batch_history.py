from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, func, literal_column, select, text

from adapters.postgres.batches import AWAITS_UPLOADS, NOT_DELETED, batch_from_row, batches
from adapters.postgres.schema import ID, MOMENT
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Transaction
from domain.batches.batch import Batch
from domain.batches.repository import BatchHistory
from domain.ids import BatchId, ListingId

_LIMIT = bindparam("limit", type_=BigInteger)
_of_listing = (
    select(batches)
    .where(batches.c.listing_id == bindparam("listing_id", type_=ID), NOT_DELETED)
    .order_by(batches.c.id.desc())
)
_NEWEST = compiled(_of_listing.limit(_LIMIT))
_OLDER = compiled(_of_listing.where(batches.c.id < bindparam("before", type_=ID)).limit(_LIMIT))
_LATEST_READY = compiled(_of_listing.where(batches.c.ready_at.is_not(None)).limit(literal_column("1")))
_READY_PHOTOS = compiled(
    _of_listing.where(text("status = 'READY'"), batches.c.carries_photos)
    .with_only_columns(batches.c.id)
    .order_by(None)
    .limit(literal_column("1"))
)
_IN_FLIGHT = compiled(
    select(func.count().label("number")).where(
        batches.c.listing_id == bindparam("listing_id", type_=ID),
        NOT_DELETED,
        batches.c.carries_photos,
        text("status IN ('RECEIVED', 'PROCESSING')"),
    )
)
_OVERDUE = compiled(
    select(batches.c.id)
    .where(AWAITS_UPLOADS, batches.c.expires_at <= bindparam("now", type_=MOMENT))
    .order_by(batches.c.expires_at, batches.c.id)
    .limit(_LIMIT)
)


class PostgresBatchHistory(BatchHistory):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def page(self, listing_id: ListingId, *, before: BatchId | None, limit: int) -> Sequence[Batch]:
        statement = _NEWEST if before is None else _OLDER
        rows = await self._transaction.read(statement, listing_id=listing_id, before=before, limit=limit)
        return [batch_from_row(row) for row in rows]

    async def latest_ready(self, listing_id: ListingId) -> Batch | None:
        row = await self._transaction.read_one(_LATEST_READY, listing_id=listing_id)
        return batch_from_row(row) if row else None

    async def has_ready_photos(self, listing_id: ListingId) -> bool:
        return await self._transaction.read_one(_READY_PHOTOS, listing_id=listing_id) is not None

    async def in_flight(self, listing_id: ListingId) -> int:
        row = await self._transaction.read_one(_IN_FLIGHT, listing_id=listing_id)
        return row["number"] if row else 0

    async def overdue_uploads(self, *, now: datetime, limit: int) -> Sequence[BatchId]:
        rows = await self._transaction.read(_OVERDUE, now=now, limit=limit)
        return [row["id"] for row in rows]
