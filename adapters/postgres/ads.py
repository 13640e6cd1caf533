from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, version_column
from adapters.postgres.statements import compiled, insert_many
from adapters.postgres.transaction import Record, Transaction
from domain.ads.ad import Ad, Creative
from domain.ads.repository import Ads
from domain.ids import AdId, StoreId

ads = Table(
    "ads",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("title", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
)
creatives = Table(
    "ad_creatives",
    metadata,
    Column("ad_id", ID, ForeignKey("ads.id", ondelete="CASCADE"), primary_key=True),
    # Its place in the order in which they are shown, from 0.
    Column("place", Integer, primary_key=True),
    Column("media_id", ID, ForeignKey("media.id", ondelete="RESTRICT"), nullable=False),
    Column("headline", Text),
    CheckConstraint("place >= 0", name="place"),
)
Index("ix_ads_of_store", ads.c.store_id, ads.c.id.desc())
Index("ix_ad_creatives_media", creatives.c.media_id)

_ID = bindparam("ad_id", type_=ID)
_LIMIT = bindparam("limit", type_=BigInteger)
_CREATIVES = (
    select(func.json_agg(aggregate_order_by(func.row_to_json(creatives.table_valued()), creatives.c.place)))
    .where(creatives.c.ad_id == ads.c.id)
    .scalar_subquery()
    .label("creatives")
)
_all = select(ads, _CREATIVES)
_FIND = compiled(_all.where(ads.c.id == _ID))
_LOCK = compiled(select(ads.c.id).where(ads.c.id == _ID).with_for_update())
_REMOVE = compiled(delete(ads).where(ads.c.id == _ID))
_of_store = _all.where(ads.c.store_id == bindparam("store_id", type_=ID)).order_by(ads.c.id.desc()).limit(_LIMIT)
_NEWEST = compiled(_of_store)
_OLDER = compiled(_of_store.where(ads.c.id < bindparam("before", type_=ID)))
_page = _all.where(exists().where(creatives.c.ad_id == ads.c.id)).order_by(ads.c.id).limit(_LIMIT)
_FIRST_PAGE = compiled(_page)
_NEXT_PAGE = compiled(_page.where(ads.c.id > bindparam("after", type_=ID)))
_FORGET_CREATIVES = compiled(delete(creatives).where(creatives.c.ad_id == _ID))
_INSERT_CREATIVES = insert_many(creatives)
_CREATIVES_DECODER = msgspec.json.Decoder(tuple[Creative, ...])


class PostgresAds(Ads):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, ad_id: AdId) -> Ad | None:
        row = await self._transaction.read_one(_FIND, ad_id=ad_id)
        return _from_row(row) if row else None

    async def lock(self, ad_id: AdId) -> Ad | None:
        # Two statements: one that has waited for a lock would show the new ad with its old creatives.
        locked = await self._transaction.write_one(_LOCK, ad_id=ad_id)
        return await self.find(ad_id) if locked else None

    async def save(self, ad: Ad) -> None:
        is_new = ad.version == 0
        await _WRITER.save(self._transaction, self._outbox, ad)
        if not is_new:
            await self._transaction.write(_FORGET_CREATIVES, ad_id=ad.id)
        if ad.creatives:
            await self._transaction.store_many(_INSERT_CREATIVES, _creative_rows(ad), subject=ad)

    async def remove(self, ad: Ad) -> None:
        await self._transaction.write(_REMOVE, ad_id=ad.id)

    async def of_store(self, store_id: StoreId, *, before: AdId | None, limit: int) -> Sequence[Ad]:
        statement = _NEWEST if before is None else _OLDER
        rows = await self._transaction.read(statement, store_id=store_id, before=before, limit=limit)
        return [_from_row(row) for row in rows]

    async def page(self, *, after: AdId | None, limit: int) -> Sequence[Ad]:
        statement = _FIRST_PAGE if after is None else _NEXT_PAGE
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(ad: Ad) -> dict[str, Any]:
    return {
        "id": ad.id,
        "store_id": ad.store_id,
        "title": ad.title,
        "created_at": ad.created_at,
        "updated_at": ad.updated_at,
    }


def _creative_rows(ad: Ad) -> list[dict[str, Any]]:
    return [
        {"ad_id": ad.id, "place": place, "media_id": creative.media_id, "headline": creative.headline}
        for place, creative in enumerate(ad.creatives)
    ]


def _from_row(row: Record) -> Ad:
    return Ad(
        id=row["id"],
        store_id=row["store_id"],
        title=row["title"],
        creatives=_CREATIVES_DECODER.decode(row["creatives"]) if row["creatives"] else (),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(ads, _to_row, fixed=["store_id", "created_at"])
