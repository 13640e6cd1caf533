"""The trigger keeps what the library is read from, whoever writes the media."""

import asyncpg

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from domain.media.kind import MediaKind
from domain.media.media import MediaStatus
from tests.builders import NOW, build_attachment, build_media

KEPT = "SELECT key, media_id FROM media_postings ORDER BY 1, 2"
DUE = "SELECT DISTINCT key, id FROM media CROSS JOIN unnest(media_posting_keys(media)) AS key ORDER BY 1, 2"
NAMES = ("IMG_0001.jpg", "kitchen kitchenette.jpg", "___")


async def test_they_are_those_of_the_media_as_they_are(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection
) -> None:
    async def check() -> int:
        kept = [tuple(row) for row in await bystander.fetch(KEPT)]
        assert kept == [tuple(row) for row in await bystander.fetch(DUE)]
        return len(kept)

    media = [
        build_media(kind=kind, status=status, original_name=name)
        for kind in MediaKind
        for status in MediaStatus
        for name in NAMES
    ]
    async with begin() as tx:
        for each in media:
            await tx.media.save(each)
        await tx.commit()
    stored = await check()

    async with begin() as tx:
        await tx.media.lock_all([each.id for each in media])
        uses = [build_attachment(each) for each in media[:20]]
        await tx.attachments.apply(added=uses, removed=[])
        for each in media[10:]:
            each.folder, each.original_name = "autumn", "bath.png"
            await tx.media.save(each)
        await tx.commit()
    assert await check() > 0

    async with begin() as tx:
        await tx.attachments.apply(added=[], removed=uses)
        for each in media:
            if each.is_visible:
                each.request_deletion(now=NOW)
                await tx.media.save(each)
        await tx.commit()
    assert stored > 0
    assert await check() == 0, "what is on its way out is not shown"


async def test_with_the_row_they_are_gone(begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection) -> None:
    async with begin() as tx:
        await tx.media.save(build_media())
        await tx.commit()
    assert await bystander.fetch(KEPT)

    await bystander.execute("DELETE FROM media")

    assert await bystander.fetch(KEPT) == []
