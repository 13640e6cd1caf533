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
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import aggregate_order_by

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, MOMENT, metadata, one_of, version_column
from adapters.postgres.statements import compiled, insert_many
from adapters.postgres.transaction import Record, Transaction
from domain.ids import ProductId, StoreId
from domain.products.gallery import Gallery, ProductMedia, UsageType
from domain.products.product import Product
from domain.products.repository import Products

products = Table(
    "products",
    metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID, nullable=False),
    Column("title", Text, nullable=False),
    Column("coa_media_id", ID, ForeignKey("media.id", ondelete="RESTRICT")),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    version_column(),
)
product_media = Table(
    "product_media",
    metadata,
    Column("id", ID, primary_key=True),
    Column("product_id", ID, ForeignKey("products.id", ondelete="CASCADE"), nullable=False),
    Column("media_id", ID, ForeignKey("media.id", ondelete="RESTRICT"), nullable=False),
    Column("usage_type", Text, nullable=False),
    Column("variant_id", ID),
    # Its place in the order in which they are shown, from 0.
    Column("display_order", Integer, nullable=False),
    UniqueConstraint("product_id", "display_order"),
    one_of("usage_type", UsageType),
    CheckConstraint("display_order >= 0", name="display_order"),
)
_HAS_COA = sql("coa_media_id IS NOT NULL")
Index("ix_products_of_store", products.c.store_id, products.c.id.desc())
Index("ix_products_coa", products.c.id, postgresql_where=_HAS_COA)
Index("ix_product_media_media", product_media.c.media_id)
Index(
    "uq_product_media_main",
    product_media.c.product_id,
    unique=True,
    postgresql_where=sql("usage_type = 'main_image' AND variant_id IS NULL"),
)
Index(
    "uq_product_media_main_of_variant",
    product_media.c.product_id,
    product_media.c.variant_id,
    unique=True,
    postgresql_where=sql("usage_type = 'main_image' AND variant_id IS NOT NULL"),
)

_ID = bindparam("product_id", type_=ID)
_LIMIT = bindparam("limit", type_=BigInteger)
_GALLERY = (
    select(
        func.json_agg(aggregate_order_by(func.row_to_json(product_media.table_valued()), product_media.c.display_order))
    )
    .where(product_media.c.product_id == products.c.id)
    .scalar_subquery()
    .label("gallery")
)
_all = select(products, _GALLERY)
_FIND = compiled(_all.where(products.c.id == _ID))
_LOCK = compiled(select(products.c.id).where(products.c.id == _ID).with_for_update())
_REMOVE = compiled(delete(products).where(products.c.id == _ID))
_of_store = (
    _all.where(products.c.store_id == bindparam("store_id", type_=ID)).order_by(products.c.id.desc()).limit(_LIMIT)
)
_NEWEST = compiled(_of_store)
_OLDER = compiled(_of_store.where(products.c.id < bindparam("before", type_=ID)))
_page = _all.order_by(products.c.id).limit(_LIMIT)
_behind = _page.where(products.c.id > bindparam("after", type_=ID))
_HAS_MEDIA = exists().where(product_media.c.product_id == products.c.id)
_FIRST_GALLERIES, _NEXT_GALLERIES = compiled(_page.where(_HAS_MEDIA)), compiled(_behind.where(_HAS_MEDIA))
_FIRST_COAS, _NEXT_COAS = compiled(_page.where(_HAS_COA)), compiled(_behind.where(_HAS_COA))
_FORGET_GALLERY = compiled(delete(product_media).where(product_media.c.product_id == _ID))
_INSERT_GALLERY = insert_many(product_media)
_ENTRIES_DECODER = msgspec.json.Decoder(tuple[ProductMedia, ...])


class PostgresProducts(Products):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, product_id: ProductId) -> Product | None:
        row = await self._transaction.read_one(_FIND, product_id=product_id)
        return _from_row(row) if row else None

    async def lock(self, product_id: ProductId) -> Product | None:
        # Two statements: one that has waited for a lock would show the new product with its old gallery.
        locked = await self._transaction.write_one(_LOCK, product_id=product_id)
        return await self.find(product_id) if locked else None

    async def save(self, product: Product) -> None:
        is_new = product.version == 0
        await _WRITER.save(self._transaction, self._outbox, product)
        if not is_new:
            await self._transaction.write(_FORGET_GALLERY, product_id=product.id)
        if product.gallery.entries:
            await self._transaction.store_many(_INSERT_GALLERY, _gallery_rows(product), subject=product)

    async def remove(self, product: Product) -> None:
        await self._transaction.write(_REMOVE, product_id=product.id)

    async def of_store(self, store_id: StoreId, *, before: ProductId | None, limit: int) -> Sequence[Product]:
        statement = _NEWEST if before is None else _OLDER
        rows = await self._transaction.read(statement, store_id=store_id, before=before, limit=limit)
        return [_from_row(row) for row in rows]

    async def with_gallery(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        statement = _FIRST_GALLERIES if after is None else _NEXT_GALLERIES
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]

    async def with_coa(self, *, after: ProductId | None, limit: int) -> Sequence[Product]:
        statement = _FIRST_COAS if after is None else _NEXT_COAS
        return [_from_row(row) for row in await self._transaction.read(statement, after=after, limit=limit)]


def _to_row(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "store_id": product.store_id,
        "title": product.title,
        "coa_media_id": product.coa_media_id,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def _gallery_rows(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "product_id": product.id,
            "media_id": entry.media_id,
            "usage_type": entry.usage_type,
            "variant_id": entry.variant_id,
            "display_order": place,
        }
        for place, entry in enumerate(product.gallery)
    ]


def _from_row(row: Record) -> Product:
    return Product(
        id=row["id"],
        store_id=row["store_id"],
        title=row["title"],
        gallery=Gallery(_ENTRIES_DECODER.decode(row["gallery"]) if row["gallery"] else ()),
        coa_media_id=row["coa_media_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


_WRITER = AggregateWriter(products, _to_row, fixed=["store_id", "created_at"])
