"""Pages of the library: whatever is asked for, both databases show the same, newest first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId, StoreId, UserId
from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from domain.media.media import VISIBLE, Media, MediaStatus
from domain.media.repository import LibraryFilter
from domain.media.words import words_of
from tests.builders import IDS, NOW, STORE, build_attachment, build_media
from tests.contracts.conftest import Database
from tests.contracts.stored import store

USERS = [UserId(IDS.new()) for _ in range(2)]
NAMES = [
    "Kitchen.jpg",
    "kitchenette 2.JPG",
    "IMG_0001-WA0042.jpeg",
    "größe (1).png",
    "GRÖSSE.png",
    "a-name-that-is-muchlongerthanaprefix.pdf",
    "muchlongerthanother.pdf",
    "厨房 照片.webp",
    "___",
    "100% %_ \\ ' kit.jpg",
]
SEARCHES = [
    "kit",
    "KITCHEN",
    "kitchen 2",
    "0001 wa",
    "größe",
    "muchlongerthana",
    "muchlongerthanz",
    "jp",
    "厨",
    "%",
    "e",
]
FOLDERS = ["general", "autumn", "Autumn"]
TYPES = ["image/jpeg", "image/gif", "video/mp4", "application/pdf", "text/plain"]


async def page(
    begin: UnitOfWorkFactory, *, before: MediaId | None = None, limit: int = 100, **wanted: Any
) -> Sequence[Media]:
    async with begin() as tx:
        return await tx.media_library.page(LibraryFilter(**{"store_id": STORE, **wanted}), before=before, limit=limit)


def ids(media: Sequence[Media]) -> list[MediaId]:
    return [each.id for each in media]


async def test_pages_go_from_new_to_old_without_gap_or_repetition(begin: UnitOfWorkFactory) -> None:
    media = [build_media(kind=kind, status=status) for kind in MediaKind for status in sorted(VISIBLE)]
    await store(begin, *media, build_media(store_id=StoreId(IDS.new())))

    seen: list[MediaId] = []
    while True:
        shown = await page(begin, before=seen[-1] if seen else None, limit=7)
        seen += ids(shown)
        if len(shown) < 7:
            break
        await store(begin, build_media())  # a newer one moves nothing on the pages that follow

    assert seen == ids(media)[::-1]


async def test_a_page_shows_whole_media(begin: UnitOfWorkFactory) -> None:
    media = build_media(alt_text="A kitchen", description="Bright", original_name="größe.png")
    await store(begin, media)

    assert await page(begin) == [media]


async def test_what_is_on_its_way_out_is_not_shown(begin: UnitOfWorkFactory) -> None:
    media = build_media(status=MediaStatus.READY, original_name="kitchen.jpg")
    await store(begin, media)

    media.request_deletion(now=NOW)
    await store(begin, media)

    assert await page(begin) == await page(begin, words=words_of("kitchen")) == []


async def test_what_changes_is_found_as_it_is(begin: UnitOfWorkFactory) -> None:
    media = build_media(status=MediaStatus.UPLOADED, original_name="kitchen.jpg", folder="autumn")
    await store(begin, media)

    media.original_name, media.folder, media.status = "bath.jpg", "spring", MediaStatus.READY
    await store(begin, media)

    for wanted in ({"folder": "spring"}, {"status": MediaStatus.READY}, {"words": words_of("bath")}):
        assert await page(begin, **wanted) == [media]
    for wanted in ({"folder": "autumn"}, {"status": MediaStatus.UPLOADED}, {"words": words_of("kitchen")}):
        assert await page(begin, **wanted) == []


async def test_unused_follows_the_ledger(begin: UnitOfWorkFactory) -> None:
    media = build_media(status=MediaStatus.READY)
    await store(begin, media)
    first, second = build_attachment(media), build_attachment(media)

    async def change(**change: Any) -> list[MediaId]:
        async with begin() as tx:
            await tx.media.lock(media.id)
            await tx.attachments.apply(**{"added": [], "removed": [], **change})
            await tx.commit()
        assert ids(await page(begin)) == [media.id]
        return ids(await page(begin, unused=True))

    assert ids(await page(begin, unused=True)) == [media.id]
    assert await change(added=[first]) == []
    assert await change(added=[second]) == []
    assert await change(removed=[first]) == []
    assert await change(removed=[second]) == [media.id]


@pytest.mark.parametrize("search", SEARCHES)
async def test_each_word_begins_a_word_of_the_name(begin: UnitOfWorkFactory, search: str) -> None:
    media = [build_media(original_name=name) for name in NAMES]
    await store(begin, *media)
    words = words_of(search)

    found = {each.original_name for each in await page(begin, words=words)}

    assert found == {name for name in NAMES if all(any(of.startswith(word) for of in words_of(name)) for word in words)}


async def test_a_search_goes_on_behind_what_it_has_looked_at_in_vain(begin: UnitOfWorkFactory) -> None:
    """The words begin alike, and differ where there are no postings any more; the folder is seldom the right one."""
    wanted = [build_media(original_name="muchlongerthanthis.jpg", folder="autumn") for _ in range(3)]
    await store(begin, *wanted)
    await store(begin, *[build_media(original_name="muchlongerthanthat.jpg", folder="autumn") for _ in range(40)])
    await store(begin, *[build_media(original_name="muchlongerthanthis.jpg") for _ in range(40)])
    newest = ids(wanted)[::-1]
    words = words_of("muchlongerthanthis")

    assert ids(await page(begin, words=words, folder="autumn", limit=2)) == newest[:2]
    assert ids(await page(begin, words=words, folder="autumn", limit=2, before=newest[1])) == newest[2:]


MEDIA = st.builds(
    dict,
    kind=st.sampled_from(MediaKind),
    status=st.sampled_from(MediaStatus),
    mime_type=st.sampled_from(TYPES),
    folder=st.sampled_from(FOLDERS),
    user_id=st.sampled_from(USERS),
    usage_count=st.integers(0, 2),
    original_name=st.sampled_from(NAMES),
)
FILTER = st.builds(
    LibraryFilter,
    store_id=st.just(STORE),
    confidential_of=st.none() | st.sampled_from(USERS),
    kind=st.none() | st.sampled_from(MediaKind),
    content_class=st.none() | st.sampled_from(ContentClass),
    folder=st.none() | st.sampled_from(FOLDERS),
    mime_type=st.none() | st.sampled_from(TYPES),
    status=st.none() | st.sampled_from(sorted(VISIBLE)),
    user_id=st.none() | st.sampled_from(USERS),
    unused=st.booleans(),
    words=st.just(frozenset()) | st.sampled_from(SEARCHES).map(words_of),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(MEDIA, max_size=25), filters=st.lists(FILTER, min_size=1, max_size=8), data=st.data())
async def test_whatever_is_asked_for_both_databases_say_the_same(
    memory_database: Database,
    postgres_database: Database,
    made: list[dict[str, Any]],
    filters: list[LibraryFilter],
    data: st.DataObject,
) -> None:
    other = StoreId(IDS.new())
    media = [build_media(**{**each, "store_id": other}) for each in made]
    before = data.draw(st.none() | st.sampled_from(ids(media))) if media else None
    limit = data.draw(st.integers(1, 5))
    for database in (memory_database, postgres_database):
        await store(database.begin, *[replace(each, version=0) for each in media])

    for wanted in filters:
        asked = replace(wanted, store_id=other)
        shown = []
        for database in (memory_database, postgres_database):
            async with database.begin() as tx:
                shown.append(await tx.media_library.page(asked, before=before, limit=limit))
        assert shown[0] == shown[1], asked
