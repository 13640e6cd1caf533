"""What an audit asks: everything once, page by page, and counted from the rows themselves."""

from dataclasses import replace

import pytest

from application.ports.census import CountedBlob, CountedMedia
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.ids import AttachmentId, BlobId, MediaId, StoreId
from domain.media.media import Media
from tests.builders import IDS, STORE, build_attachment, build_blob, ready_media
from tests.contracts.stored import read, store

GALLERY, AVATAR = "product_gallery", "user_avatar"


async def _book(begin: UnitOfWorkFactory, *uses: Attachment) -> None:
    async with begin() as tx:
        await tx.media.lock_all({use.media_id for use in uses})
        await tx.attachments.apply(added=uses, removed=[])
        await tx.commit()


async def _media(begin: UnitOfWorkFactory, number: int = 1) -> list[Media]:
    media = [ready_media() for _ in range(number)]
    await store(begin, *media)
    return media


async def test_the_names_in_the_ledger_are_told_once_in_order(begin: UnitOfWorkFactory) -> None:
    [media] = await _media(begin)
    async with begin() as tx:
        assert await tx.census.entity_types() == []
    names = ("user", GALLERY, "license", GALLERY)
    await _book(begin, *(build_attachment(media, entity_type=name) for name in names))

    async with begin() as tx:
        assert await tx.census.entity_types() == ["license", GALLERY, "user"]


async def test_uses_lie_above_the_one_and_up_to_the_other_entity(begin: UnitOfWorkFactory) -> None:
    [media] = await _media(begin)
    uses = [build_attachment(media, entity_type=GALLERY) for _ in range(4)]
    await _book(begin, *uses, build_attachment(media, entity_type=AVATAR, entity_id=uses[1].entity_id))
    ids = [use.entity_id for use in uses]

    async with begin() as tx:

        async def found(**bounds: object) -> list[Attachment]:
            between = {"after": None, "upto": None} | bounds
            uses = await tx.census.uses_between([GALLERY], **between)  # type: ignore[arg-type]
            return sorted(uses, key=lambda use: use.entity_id)

        assert await found() == uses
        assert await found(after=ids[0]) == uses[1:]
        assert await found(upto=ids[2]) == uses[:3]
        assert await found(after=ids[0], upto=ids[2]) == uses[1:3]
        assert len(await tx.census.uses_between([GALLERY, AVATAR], after=ids[0], upto=ids[1])) == 2
        assert await tx.census.uses_between([], after=None, upto=None) == []


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_uses_of_a_name_come_by_id_each_once(begin: UnitOfWorkFactory, size: int) -> None:
    [media] = await _media(begin)
    uses = [build_attachment(media, entity_type=GALLERY) for _ in range(5)]
    await _book(begin, *reversed(uses), build_attachment(media, entity_type=AVATAR))

    seen: list[Attachment] = []
    async with begin() as tx:
        after: AttachmentId | None = None
        while page := await tx.census.uses_of_type(GALLERY, after=after, limit=size):
            assert len(page) <= size
            seen += page
            after = page[-1].id

    assert seen == uses


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_media_come_by_id_with_what_the_ledger_counts(begin: UnitOfWorkFactory, size: int) -> None:
    media = await _media(begin, 4)
    await _book(begin, *(build_attachment(media[number]) for number in (1, 1, 3)))

    seen: list[CountedMedia] = []
    async with begin() as tx:
        after: MediaId | None = None
        while page := await tx.census.media_page(after=after, limit=size):
            assert len(page) <= size
            seen += page
            after = page[-1].media.id

    assert [each.media.id for each in seen] == [each.id for each in media]
    assert [each.uses for each in seen] == [0, 2, 0, 1]


async def test_what_the_ledger_counts_is_not_what_the_media_says(begin: UnitOfWorkFactory) -> None:
    miscounted = ready_media(usage_count=5)
    await store(begin, miscounted)

    async with begin() as tx:
        assert await tx.census.media_page(after=None, limit=9) == [CountedMedia(media=miscounted, uses=0)]


@pytest.mark.parametrize("size", [1, 2, 7])
async def test_blobs_come_in_the_order_of_their_keys(begin: UnitOfWorkFactory, size: int) -> None:
    other_store = StoreId(IDS.new())
    blobs = [
        *(build_blob() for _ in range(4)),
        *(build_blob(store_id=other_store) for _ in range(2)),
        *(build_blob(key=f"{STORE}/{name}") for name in ("blobs/1", "Cas/1", "cas-1", "media/1")),
    ]
    await store(begin, *blobs)

    seen: list[CountedBlob] = []
    async with begin() as tx:
        after: str | None = None
        while page := await tx.census.blob_page(after=after, limit=size):
            assert len(page) <= size
            seen += page
            after = page[-1].blob.key

    assert [each.blob.key for each in seen] == sorted(blob.key for blob in blobs)


async def test_blobs_come_with_the_media_that_name_them(begin: UnitOfWorkFactory) -> None:
    held, miscounted = build_blob(), build_blob(holders=3)
    media = [ready_media(held), ready_media(held)]
    await store(begin, held, miscounted, *media)

    async with begin() as tx:
        page = await tx.census.blob_page(after=None, limit=9)
        assert await tx.census.count_holders(held.id) == 2
        assert await tx.census.count_holders(miscounted.id) == 0
        assert await tx.census.count_holders(BlobId(IDS.new())) == 0

    assert {each.blob.id: each.holders for each in page} == {held.id: 2, miscounted.id: 0}


async def test_a_locked_media_is_counted_anew(begin: UnitOfWorkFactory) -> None:
    miscounted, other = ready_media(usage_count=5), ready_media(usage_count=7)
    await store(begin, miscounted, other)
    await _book(begin, build_attachment(miscounted))
    before = await read(begin, miscounted)
    assert isinstance(before, Media)
    assert before.usage_count == 6

    async with begin() as tx:
        await tx.media.lock(miscounted.id)
        await tx.census.recount_uses(miscounted.id)
        await tx.commit()

    assert await read(begin, miscounted) == replace(before, usage_count=1)
    assert await read(begin, other) == other


async def test_counted_anew_without_commit_nothing_has_changed(begin: UnitOfWorkFactory) -> None:
    miscounted = ready_media(usage_count=5)
    await store(begin, miscounted)

    async with begin() as tx:
        await tx.media.lock(miscounted.id)
        await tx.census.recount_uses(miscounted.id)

    assert await read(begin, miscounted) == miscounted
