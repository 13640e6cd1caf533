from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, bindparam, delete, select
from sqlalchemy import text as sql

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, version_column
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Record, Transaction
from domain.ids import StoreId
from domain.stores.repository import Stores
from domain.stores.store import Store

stores = Table(
    "stores",
    metadata,
    Column("id", ID, primary_key=True),
    Column("logo_media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("banner_media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
)
_HAS_LOGO = sql("logo_media_id IS NOT NULL")
_HAS_BANNER = sql("banner_media_id IS NOT NULL")
Index("ix_stores_logo", stores.c.id, postgresql_where=_HAS_LOGO)
Index("ix_stores_banner", stores.c.id, postgresql_where=_HAS_BANNER)

_find = select(stores).where(stores.c.id == bindparam("store_id", type_=ID))
_FIND = compiled(_find)
_LOCK = compiled(_find.with_for_update())
_REMOVE = compiled(delete(stores).where(stores.c.id == bindparam("store_id", type_=ID)))
_all = select(stores).order_by(stores.c.id).limit(bindparam("limit", type_=BigInteger))
_behind = _all.where(stores.c.id > bindparam("after", type_=ID))
_FIRST_LOGOS, _NEXT_LOGOS = compiled(_all.where(_HAS_LOGO)), compiled(_behind.where(_HAS_LOGO))
_FIRST_BANNERS, _NEXT_BANNERS = compiled(_all.where(_HAS_BANNER)), compiled(_behind.where(_HAS_BANNER))


class PostgresStores(Stores):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, store_id: StoreId) -> Store | None:
        row = await self._transaction.read_one(_FIND, store_id=store_id)
        return _from_row(row) if row else None

    async def lock(self, store_id: StoreId) -> Store | None:
        row = await self._transaction.write_one(_LOCK, store_id=store_id)
        return _from_row(row) if row else None

    async def save(self, store: Store) -> None:
        await _WRITER.save(self._transaction, self._outbox, store)

    async def remove(self, store: Store) -> None:
        await self._transaction.write(_REMOVE, store_id=store.id)

    async def with_logo(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        statement = _FIRST_LOGOS if after is None else _NEXT_LOGOS
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]

    async def with_banner(self, *, after: StoreId | None, limit: int) -> Sequence[Store]:
        statement = _FIRST_BANNERS if after is None else _NEXT_BANNERS
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(store: Store) -> dict[str, Any]:
    return {
        "id": store.id,
        "logo_media_id": store.logo_media_id,
        "banner_media_id": store.banner_media_id,
        "created_at": store.created_at,
        "updated_at": store.updated_at,
    }


def _from_row(row: Record) -> Store:
    return Store(
        id=row["id"],
        logo_media_id=row["logo_media_id"],
        banner_media_id=row["banner_media_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(stores, _to_row, fixed=["created_at"])
