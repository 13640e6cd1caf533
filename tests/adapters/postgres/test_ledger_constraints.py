"""What the database itself holds up of the ledger (PF-129): nothing disappears from under a usage."""

from typing import Any

import asyncpg
import pytest

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from domain.media.media import Media
from tests.builders import IDS, NOW, build_attachment, build_blob, ready_media

COLUMNS = """
SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'media_attachments'
"""
INDEXED = """
SELECT array_agg(attribute.attname::text ORDER BY place.number) FROM pg_index AS index
CROSS JOIN unnest(index.indkey::int[]) WITH ORDINALITY AS place (column_number, number)
JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum = place.column_number
WHERE index.indrelid = 'media_attachments'::regclass AND index.indisunique = $1 AND index.indpred IS NULL
GROUP BY index.indexrelid
"""
ON_DELETE = """
SELECT conname::text, confdeltype::text FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::text::regclass
"""
RESTRICT = "r"
INSERT = """
INSERT INTO media_attachments (id, media_id, entity_type, entity_id, store_id, storage_key, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@pytest.fixture
async def media(begin: PostgresUnitOfWorkFactory) -> Media:
    """One that is used once."""
    blob = build_blob()
    media = ready_media(blob)
    async with begin() as tx:
        await tx.blobs.obtain(blob)
        await tx.media.save(media)
        await tx.attachments.apply(added=[build_attachment(media)], removed=[])
        await tx.commit()
    return media


async def insert(connection: asyncpg.Connection, media: Media, entity_type: str, entity_id: Any) -> None:
    row = (media.id, entity_type, entity_id, media.store_id, media.storage_key, NOW)
    await connection.execute(INSERT, IDS.new(), *row)


async def test_the_table_has_the_columns_of_its_contract(bystander: asyncpg.Connection) -> None:
    rows = await bystander.fetch(COLUMNS)

    assert {row["column_name"]: (row["data_type"], row["is_nullable"]) for row in rows} == {
        "id": ("uuid", "NO"),
        "media_id": ("uuid", "NO"),
        "entity_type": ("text", "NO"),
        "entity_id": ("uuid", "NO"),
        "store_id": ("uuid", "NO"),
        "storage_key": ("text", "NO"),
        "created_at": ("timestamp with time zone", "NO"),
    }


@pytest.mark.parametrize("columns", [["entity_type", "entity_id"], ["media_id"]], ids=", ".join)
async def test_there_is_an_index_for(bystander: asyncpg.Connection, columns: list[str]) -> None:
    indexed = [row[0] for row in await bystander.fetch(INDEXED, False)]

    assert columns in indexed


async def test_they_are_plain_indexes_of_the_catalogue(bystander: asyncpg.Connection) -> None:
    definitions = await bystander.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = 'media_attachments'")

    ends = {row["indexdef"].partition(" USING ")[2] for row in definitions}
    assert {"btree (entity_type, entity_id)", "btree (media_id)", "btree (entity_type, entity_id, media_id)"} <= ends


async def test_a_usage_is_unique(bystander: asyncpg.Connection, media: Media) -> None:
    assert ["entity_type", "entity_id", "media_id"] in [row[0] for row in await bystander.fetch(INDEXED, True)]
    product = IDS.new()
    await insert(bystander, media, "product_gallery", product)

    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await insert(bystander, media, "product_gallery", product)

    assert refused.value.constraint_name == "uq_media_attachments_entity_type_entity_id_media_id"


async def test_a_media_may_have_many_rows(bystander: asyncpg.Connection, media: Media) -> None:
    product = IDS.new()
    for entity_type, entity_id in [
        ("product_gallery", product),
        ("product_coa", product),
        ("product_gallery", IDS.new()),
        ("license", IDS.new()),
    ]:
        await insert(bystander, media, entity_type, entity_id)

    assert await bystander.fetchval("SELECT count(*) FROM media_attachments WHERE media_id = $1", media.id) == 5


async def test_a_media_that_is_used_cannot_be_deleted(bystander: asyncpg.Connection, media: Media) -> None:
    [(name, on_delete)] = await bystander.fetch(ON_DELETE, "media_attachments")
    assert (name, on_delete) == ("fk_media_attachments_media_id", RESTRICT)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await bystander.execute("DELETE FROM media WHERE id = $1", media.id)
    assert refused.value.constraint_name == name

    await bystander.execute("DELETE FROM media_attachments WHERE media_id = $1", media.id)
    assert await bystander.execute("DELETE FROM media WHERE id = $1", media.id) == "DELETE 1"


async def test_a_usage_of_no_media_is_refused(bystander: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await insert(bystander, ready_media(), "product_gallery", IDS.new())


async def test_a_blob_that_is_held_cannot_be_deleted(bystander: asyncpg.Connection, media: Media) -> None:
    [(name, on_delete)] = await bystander.fetch(ON_DELETE, "media")
    assert on_delete == RESTRICT

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await bystander.execute("DELETE FROM media_blobs WHERE id = $1", media.blob_id)
    assert refused.value.constraint_name == name


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("media", "usage_count = -1", "ck_media_usage_count"),
        ("media", "size_bytes = -1", "ck_media_size_bytes"),
        ("media", "status = 'LOST'", "ck_media_status"),
        ("media", "kind = 'sculpture'", "ck_media_kind"),
        ("media", "checksum = 'short'", "ck_media_checksum"),
        ("media_blobs", "holders = -1", "ck_media_blobs_holders"),
        ("media_blobs", "holders = 0", "ck_media_blobs_condemned"),
        ("media_blobs", "condemned_at = now()", "ck_media_blobs_condemned"),
        ("media_blobs", "checksum = 'short'", "ck_media_blobs_checksum"),
    ],
)
async def test_rows_that_make_no_sense_are_refused(
    bystander: asyncpg.Connection, media: Media, table: str, change: str, constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await bystander.execute(f"UPDATE {table} SET {change}")

    assert refused.value.constraint_name == constraint
