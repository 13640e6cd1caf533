"""Which way deleting goes between an owner, its set, its attachments and their media, as the database holds it.

An owner refers to its set and must not go with it: the set goes with its owner, and whoever deletes the owner deletes
the set after it. `ON DELETE CASCADE` on `parts.attachment_set_id` would be the other way round.
"""

from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.attachment_sets.owner_sort import KITS, PARTS, OwnerSort
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_owner import SetOwner
from domain.media.media import Media
from entrypoints.media_consumers.media_consumer import postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.builders import IDS, NOW, STORE, build_blob, build_set_attachment, empty_set, ready_media

RESTRICT, CASCADE, SET_NULL = "r", "c", "n"
ON_DELETE = """
SELECT conname::text, confdeltype::text FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY ('{parts,kits,attachment_sets,set_attachments}'::regclass[])
"""


@dataclass(frozen=True, kw_only=True)
class Owned:
    """An owner whose set has two images, the first of which is the cover. `table` is the owner's."""

    table: str
    owner: SetOwner
    attachment_set: AttachmentSet
    media: list[Media]


@pytest.fixture(params=[PARTS, KITS], ids=["parts", "kits"])
async def owned(request: pytest.FixtureRequest, postgres_engine: AsyncEngine) -> Owned:
    sort: OwnerSort[Any] = request.param
    begin = PostgresUnitOfWorkFactory(postgres_engine, IDS, repositories=postgres_repositories(MEDIA_CONSUMERS))
    blobs = [build_blob(), build_blob()]
    media = [ready_media(blob) for blob in blobs]
    attachment_set = empty_set()
    for each in media:
        attachment_set.add(build_set_attachment(each), now=NOW)
    owner = sort.owner.create(
        owner_id=IDS.new(), store_id=STORE, name="bolt", attachment_set_id=attachment_set.id, now=NOW
    )
    async with begin() as tx:
        for blob, each in zip(blobs, media, strict=True):
            await tx.blobs.obtain(blob)
            await tx.media.save(each)
        await tx.repository(AttachmentSets).save(attachment_set)
        await tx.repository(sort.repository).save(owner)
        await tx.commit()
    return Owned(table=f"{sort.owner.noun}s", owner=owner, attachment_set=attachment_set, media=media)


async def test_references_say_what_is_deleted_with_what(bystander: asyncpg.Connection) -> None:
    assert {row["conname"]: row["confdeltype"] for row in await bystander.fetch(ON_DELETE)} == {
        "fk_parts_attachment_set_id": RESTRICT,
        "fk_kits_attachment_set_id": RESTRICT,
        "fk_set_attachments_attachment_set_id": CASCADE,
        "fk_set_attachments_media_id": RESTRICT,
        "fk_attachment_sets_cover_attachment_id": SET_NULL,
    }


async def test_a_set_whose_owner_lives_cannot_be_deleted(bystander: asyncpg.Connection, owned: Owned) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await bystander.execute("DELETE FROM attachment_sets WHERE id = $1", owned.attachment_set.id)

    assert refused.value.constraint_name == f"fk_{owned.table}_attachment_set_id"
    assert await _count(bystander, owned.table) == 1
    assert await _count(bystander, "set_attachments") == 2


async def test_behind_its_owner_a_set_goes_with_its_attachments(bystander: asyncpg.Connection, owned: Owned) -> None:
    await bystander.execute(f"DELETE FROM {owned.table} WHERE id = $1", owned.owner.id)
    assert await _count(bystander, "attachment_sets") == 1

    await bystander.execute("DELETE FROM attachment_sets WHERE id = $1", owned.attachment_set.id)

    assert await _count(bystander, "attachment_sets") == 0
    assert await _count(bystander, "set_attachments") == 0
    assert await _count(bystander, "media") == 2


async def test_a_set_has_one_owner_of_a_sort(bystander: asyncpg.Connection, owned: Owned) -> None:
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await bystander.execute(f"""
            INSERT INTO {owned.table} (id, store_id, name, attachment_set_id, created_at, updated_at, version)
            SELECT gen_random_uuid(), store_id, name, attachment_set_id, created_at, updated_at, 1 FROM {owned.table}
        """)

    assert refused.value.constraint_name == f"uq_{owned.table}_attachment_set_id"


async def test_no_owner_is_without_a_set(bystander: asyncpg.Connection, owned: Owned) -> None:
    with pytest.raises(asyncpg.NotNullViolationError):
        await bystander.execute(f"UPDATE {owned.table} SET attachment_set_id = NULL")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await bystander.execute(f"UPDATE {owned.table} SET attachment_set_id = $1", IDS.new())


async def test_media_that_an_attachment_uses_cannot_be_deleted(bystander: asyncpg.Connection, owned: Owned) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await bystander.execute("DELETE FROM media WHERE id = $1", owned.media[0].id)

    assert refused.value.constraint_name == "fk_set_attachments_media_id"


async def test_a_cover_that_is_deleted_leaves_none(bystander: asyncpg.Connection, owned: Owned) -> None:
    first, second = owned.attachment_set.attachments
    assert await _cover(bystander) == first.id

    await bystander.execute("DELETE FROM set_attachments WHERE id = $1", second.id)
    assert await _cover(bystander) == first.id

    await bystander.execute("DELETE FROM set_attachments WHERE id = $1", first.id)
    assert await _cover(bystander) is None
    assert await _count(bystander, owned.table) == 1


async def test_a_set_and_its_cover_are_written_in_any_order_but_both(
    bystander: asyncpg.Connection, owned: Owned
) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        async with bystander.transaction():
            # Only the end of the transaction asks for it.
            await bystander.execute("UPDATE attachment_sets SET cover_attachment_id = $1", IDS.new())

    assert refused.value.constraint_name == "fk_attachment_sets_cover_attachment_id"


async def _count(connection: asyncpg.Connection, table: str) -> int:
    return await connection.fetchval(f"SELECT count(*) FROM {table}")


async def _cover(connection: asyncpg.Connection) -> object:
    return await connection.fetchval("SELECT cover_attachment_id FROM attachment_sets")
