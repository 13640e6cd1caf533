"""Attachments of parts move into sets (revision 0014), and back.

| asked for | test |
|---|---|
| creates attachment_sets | test_the_tables_are_those_of_sets |
| renames attachments, and they refer to their set | test_attachments_move_with_their_ids_into_the_set_of_their_part |
| backfills parts, and kits | test_every_part_and_kit_gets_a_set_of_its_own |
| moves covers | test_covers_move_to_the_set |
| orphaned covers are nulled first | test_a_cover_that_a_part_cannot_have_is_nulled_and_noted |
| empty database | test_an_empty_database_gets_the_schema |
| downgrade | test_down_again_everything_is_as_it_was, and those below it |

What legacy rows are like: test_legacy_attachments.py. What may happen on the way: test_interrupted_migrations.py.
"""

import pytest
from alembic.util import CommandError

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.system.clock import SystemClock
from application.audit.audit_counts import AuditCounts
from application.audit.audit_uses import AuditUses
from application.audit.finding import Finding
from entrypoints.media_consumers.media_consumer import postgres_repositories, registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from migrations.upgrade import upgrade
from tests.adapters.postgres.legacy import Legacy
from tests.builders import IDS, STORE


async def test_the_tables_are_those_of_sets(legacy: Legacy) -> None:
    await legacy.populate()

    await legacy.up()

    assert await legacy.revision() == "0014"
    assert await legacy.has("attachment_sets")
    assert await legacy.has("set_attachments")
    # Nothing was wrong with the rows, so nothing is left behind.
    for gone in ("part_attachments", "part_attachment_originals", "part_cover_originals"):
        assert not await legacy.has(gone)


async def test_every_part_and_kit_gets_a_set_of_its_own(legacy: Legacy) -> None:
    await legacy.populate()
    other_store = IDS.new()
    nameless = await legacy.part(name="  ", store_id=other_store)
    parts, kits = await legacy.rows("parts"), await legacy.rows("kits")

    await legacy.up()

    for before, table in ((parts, "parts"), (kits, "kits")):
        after = await legacy.rows(table)
        assert [row["id"] for row in after] == [row["id"] for row in before]
        assert [row["version"] for row in after] == [row["version"] for row in before]
    owners = await legacy.rows("parts") + await legacy.rows("kits")
    sets = {row["id"]: row for row in await legacy.rows("attachment_sets")}
    assert {owner["attachment_set_id"] for owner in owners} == sets.keys()
    assert len(sets) == len(owners) == 21
    for owner in owners:
        owned = sets[owner["attachment_set_id"]]
        assert owned["id"].version == 7
        assert (owned["store_id"], owned["version"]) == (owner["store_id"], 1)
        assert (owned["created_at"], owned["updated_at"]) == (owner["created_at"], owner["updated_at"])
    assert {row["name"] for row in owners if row["id"] == nameless} == {"Unnamed"}


async def test_attachments_move_with_their_ids_into_the_set_of_their_part(legacy: Legacy) -> None:
    await legacy.populate()
    before = await legacy.rows("part_attachments")

    await legacy.up()

    after = (await legacy.moved())["attachments"]
    fetched = [{"fetch_status": "FETCHED" if row["url"] else None} for row in before]
    unfailed = {"failure_code": None, "failure_detail": None}
    assert after == [row | status | unfailed for row, status in zip(before, fetched, strict=True)]
    assert len(after) == 40


async def test_covers_move_to_the_set(legacy: Legacy) -> None:
    await legacy.populate()
    covers = {row["id"]: row["cover_attachment_id"] for row in await legacy.rows("parts")}

    await legacy.up()

    assert {part_id: await legacy.cover_of(part_id) for part_id in covers} == covers
    # An image, a PDF, an address: whatever was chosen; and none where there was none.
    assert len({*covers.values()} - {None}) == 8


async def test_an_empty_database_gets_the_schema(legacy: Legacy) -> None:
    await legacy.up()
    assert await legacy.rows("attachment_sets") == []

    await legacy.down()
    assert await legacy.rows("part_attachments") == []

    await legacy.up()
    assert await legacy.revision() == "0014"


async def test_a_second_run_changes_nothing(legacy: Legacy) -> None:
    await legacy.populate()
    await legacy.up()
    before = await legacy.moved()

    await legacy.up()

    assert await legacy.moved() == before


async def test_a_cover_that_a_part_cannot_have_is_nulled_and_noted(legacy: Legacy) -> None:
    nothing = await legacy.part(cover_attachment_id=IDS.new())
    other = await legacy.part()
    others = await legacy.part(cover_attachment_id=await legacy.image(other))
    lost = await legacy.part()
    rejected = await legacy.image(lost, media_id=IDS.new())
    await legacy.choose_cover(lost, rejected)
    sound = await legacy.part()
    await legacy.image(sound)
    covers = {row["id"]: row["cover_attachment_id"] for row in await legacy.rows("parts")}

    await legacy.up()

    for part_id in (nothing, other, others, lost, sound):
        assert await legacy.cover_of(part_id) is None
    assert {row["part_id"]: row["cover_attachment_id"] for row in await legacy.rows("part_cover_originals")} == {
        part_id: covers[part_id] for part_id in (nothing, others, lost)
    }


async def test_the_ledger_gets_a_usage_for_each_attachment_with_media(legacy: Legacy) -> None:
    part_id = await legacy.part()
    media_id = await legacy.media()
    twice = [await legacy.image(part_id, media_id=media_id), await legacy.image(part_id, media_id=media_id)]
    await legacy.link(part_id)
    attached_at = {row["id"]: row["created_at"] for row in await legacy.rows("part_attachments")}

    await legacy.up()

    [media] = await legacy.rows("media")
    uses = await legacy.rows("media_attachments")
    assert media["usage_count"] == 2
    assert {use["entity_id"] for use in uses} == set(twice)
    for use in uses:
        assert use["id"].version == 7
        assert (use["entity_type"], use["media_id"], use["store_id"]) == ("attachment", media_id, STORE)
        assert (use["storage_key"], use["created_at"]) == (media["storage_key"], attached_at[use["entity_id"]])


async def test_the_audit_finds_nothing_afterwards(legacy: Legacy) -> None:
    await legacy.populate()
    await legacy.soil()

    await upgrade(legacy.dsn)

    assert len(await legacy.rows("media_attachments")) == 33
    assert await _audit(legacy.dsn) == []


async def test_down_again_everything_is_as_it_was(legacy: Legacy) -> None:
    await legacy.populate()
    before = await legacy.all()

    await legacy.up()
    moved = await legacy.moved()
    await legacy.down()

    assert await legacy.all() == before
    assert not await legacy.has("attachment_sets")
    assert not await legacy.has("set_attachments")
    await legacy.up()
    assert await legacy.moved() == moved


async def test_down_again_what_was_noted_is_back_too(legacy: Legacy) -> None:
    await legacy.populate()
    await legacy.soil()
    before = await legacy.all()

    await legacy.up()
    moved = await legacy.moved()
    await legacy.down()

    assert await legacy.all() == before
    assert not await legacy.has("part_attachment_originals")
    assert not await legacy.has("part_cover_originals")
    await legacy.up()
    assert await legacy.moved() == moved


async def test_down_again_what_was_changed_since_stays_changed(legacy: Legacy) -> None:
    part_id = await legacy.part(cover_attachment_id=IDS.new())
    renamed = await legacy.image(part_id, title="x" * 300)
    deleted = await legacy.image(part_id, title="y" * 300)
    await legacy.up()
    # As the application writes: the set counts its changes.
    await legacy.connection.execute(f"""
        UPDATE set_attachments SET title = 'new title' WHERE id = '{renamed}';
        UPDATE media SET usage_count = 0 WHERE id = (SELECT media_id FROM set_attachments WHERE id = '{deleted}');
        DELETE FROM media_attachments WHERE entity_id = '{deleted}';
        DELETE FROM set_attachments WHERE id = '{deleted}';
        UPDATE attachment_sets SET version = version + 1;
    """)

    await legacy.down()

    assert [(row["id"], row["title"]) for row in await legacy.rows("part_attachments")] == [(renamed, "new title")]
    assert [row["cover_attachment_id"] for row in await legacy.rows("parts")] == [None]
    assert [row["usage_count"] for row in await legacy.rows("media")] == [0, 0]


async def test_there_is_no_way_down_while_kits_have_attachments(legacy: Legacy) -> None:
    kit_id = await legacy.kit()
    await legacy.up()
    await legacy.connection.execute(
        "INSERT INTO set_attachments (id, attachment_set_id, user_id, type, title, url, fetch_status, created_at) "
        "SELECT $1, attachment_set_id, $1, 'URL', 'plan', 'https://example.com', 'FETCHED', now() FROM kits "
        "WHERE id = $2",
        attachment_id := IDS.new(),
        kit_id,
    )

    with pytest.raises(CommandError, match=r"1 attachments .* copy .* delete"):
        await legacy.down()

    assert await legacy.revision() == "0014"
    assert (await legacy.one(attachment_id))["title"] == "plan"
    await legacy.connection.execute("DELETE FROM set_attachments")
    await legacy.down()
    assert [row["id"] for row in await legacy.rows("kits")] == [kit_id]


async def _audit(dsn: str) -> list[Finding]:
    engine = open_engine(dsn)
    begin = PostgresUnitOfWorkFactory(engine, IDS, repositories=postgres_repositories(MEDIA_CONSUMERS))
    uses = AuditUses(begin=begin, entity_types=registered_types(MEDIA_CONSUMERS), clock=SystemClock(), ids=IDS)
    counts = AuditCounts(begin=begin, clock=SystemClock())
    found = [each for part in (uses, counts) async for each in part(repair=False)]
    await engine.dispose()
    return found
