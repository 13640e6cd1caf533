"""What legacy rows are like, and what becomes of them in sets (revision 0014): none stops the way, none is lost.

All of them are written into one database, and moved once.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from tests.adapters.postgres.legacy import Legacy, Row
from tests.builders import IDS, NOW
from tests.postgres_databases import PostgresDatabases

ADDRESS = "https://example.com/bolt"
LONG = f"https://e.com/{'x' * 2_000}"

FILES: dict[str, tuple[Row, Row]] = {
    "type in any case": ({"type": "image"}, {"type": "IMAGE"}),
    "wrong type": ({"type": " Pdf"}, {"type": "IMAGE"}),
    "padded title": ({"title": "  padded\n "}, {"title": "padded"}),
    "empty title": ({"title": ""}, {"title": "bolt.jpg"}),
    "no title": ({"title": None}, {"title": "bolt.jpg"}),
    "no names": ({"title": "\t", "filename": None}, {"title": "nut.jpg", "filename": "nut.jpg"}),
    "no file name": ({"filename": None}, {"title": "how to use it", "filename": "nut.jpg"}),
    "no facts": ({"content_type": None, "file_size": -1}, {"content_type": "image/jpeg", "file_size": 1_000}),
    "wrong facts": ({"content_type": "image/gif", "file_size": 7}, {"content_type": "image/jpeg", "file_size": 1_000}),
    "from the web": ({"url": f"{ADDRESS} "}, {"type": "IMAGE", "url": ADDRESS, "fetch_status": "FETCHED"}),
}
"""What is written of an image, and what is so of it afterwards."""
LINKS: dict[str, tuple[Row, Row]] = {
    "type in any case": ({"type": "url"}, {"type": "URL"}),
    "empty title": ({"title": ""}, {"title": ADDRESS}),
    "no title": ({"title": None, "url": LONG[:1_000]}, {"title": LONG[:255], "url": LONG[:1_000]}),
    "scheme in any case": ({"url": "HTTP://example.com"}, {"url": "HTTP://example.com"}),
    "wrong size": ({"file_size": -1}, {"file_size": None}),
    "no file": ({"filename": None}, {"filename": None, "content_type": None, "media_id": None}),
}
UNUSABLE_MEDIA: dict[str, tuple[Row | None, str]] = {
    "deleted": ({"status": "DELETED", "has_bytes": False}, "MEDIA_NOT_USABLE"),
    "on its way out": ({"status": "DELETE_REQUESTED"}, "MEDIA_NOT_USABLE"),
    "not deleted yet": ({"status": "DELETE_FAILED"}, "MEDIA_NOT_USABLE"),
    "never uploaded": ({"status": "PENDING", "has_bytes": False}, "MEDIA_NOT_USABLE"),
    "its upload failed": ({"status": "FAILED", "has_bytes": False}, "MEDIA_NOT_USABLE"),
    "of another store": ({"store_id": IDS.new()}, "MEDIA_OF_ANOTHER_STORE"),
    "a video": ({"mime_type": "video/mp4"}, "MEDIA_TYPE_NOT_ALLOWED"),
    "unknown": (None, "MEDIA_UNKNOWN"),
}
USABLE_MEDIA: dict[str, Row] = {
    "not derived yet": {"status": "UPLOADED"},
    "nothing could be derived": {"status": "FAILED"},
    "in quarantine": {"quarantined_at": NOW},
}
NOTHING: dict[str, tuple[Row, str]] = {
    "no address": ({"url": None}, "URL_INVALID"),
    "empty address": ({"url": ""}, "URL_INVALID"),
    "no scheme": ({"url": "example.com"}, "URL_INVALID"),
    "a script": ({"url": "javascript:alert(1)//https://"}, "URL_INVALID"),
    "a blank": ({"url": "https://e.com/a b"}, "URL_INVALID"),
    "a line end": ({"url": "https://e.com/\nb"}, "URL_INVALID"),
    "overlong address": ({"url": LONG}, "URL_INVALID"),
    "no bytes": ({"type": "PDF", "url": None}, "MEDIA_MISSING"),
    "no bytes, an address": ({"type": "Image"}, "MEDIA_MISSING"),
    "no type": ({"type": "", "url": None}, "MEDIA_MISSING"),
}
CUT: dict[str, tuple[Row, Row, str]] = {
    "overlong title": ({"title": "ä" * 300}, {"title": "ä" * 255}, "TITLE_CUT"),
    "from elsewhere": ({"url": "ftp://e.com/b.jpg"}, {"url": None, "fetch_status": None}, "URL_INVALID"),
}


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A row of `part_attachments` as it was; what it is in a set, what is noted of it, which media it uses."""

    before: Row
    now: Row | None
    noted: Row | None
    uses: list[UUID]


Museum: TypeAlias = dict[tuple[str, str], Moved]
"""By sort and name."""


@pytest.fixture(scope="module")
async def museum(postgres_databases: PostgresDatabases, legacy_template: str) -> AsyncIterator[Museum]:
    async with postgres_databases.fresh(template=legacy_template) as dsn, Legacy.at(dsn) as legacy:
        shown = await _written(legacy)
        before = await _by_id(legacy, "part_attachments")
        await legacy.up()
        now, noted = await _by_id(legacy, "set_attachments"), await _by_id(legacy, "part_attachment_originals")
        uses = await legacy.rows("media_attachments")
        yield {
            place: Moved(
                before=before[each],
                now=now.get(each),
                noted=noted.get(each),
                uses=[use["media_id"] for use in uses if use["entity_id"] == each],
            )
            for place, each in shown.items()
        }


async def _written(legacy: Legacy) -> dict[tuple[str, str], UUID]:
    shown = {}
    for name, (columns, _) in FILES.items():
        media_id = await legacy.media(original_name="nut.jpg")
        shown["file", name] = await legacy.image(await legacy.part(), media_id=media_id, **columns)
    for name, (columns, _) in LINKS.items():
        shown["link", name] = await legacy.link(await legacy.part(), **columns)
    kinds_of_media = {name: columns for name, (columns, _) in UNUSABLE_MEDIA.items()} | USABLE_MEDIA
    for name, of_media in kinds_of_media.items():
        for sort, write in (("file of media", legacy.image), ("link with media", legacy.link)):
            media_id = IDS.new() if of_media is None else await legacy.media(**of_media)
            shown[sort, name] = await write(await legacy.part(), media_id=media_id)
    for name, (columns, _) in NOTHING.items():
        shown["nothing", name] = await legacy.link(await legacy.part(), **columns)
    for name, (columns, _, _) in CUT.items():
        shown["cut", name] = await legacy.image(await legacy.part(), **columns)
    shown["file", "of no part"] = await legacy.image(IDS.new())
    sheet = await legacy.media(mime_type="application/pdf")
    moving = await legacy.media(mime_type="image/gif")
    shown["link", "with a GIF"] = await legacy.link(await legacy.part(), media_id=moving)
    shown["link", "to a PDF"] = await legacy.link(await legacy.part(), media_id=sheet)
    return shown


async def _by_id(legacy: Legacy, table: str) -> dict[Any, Row]:
    return {row["id"]: row for row in await legacy.rows(table)}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_its_bytes_say(museum: Museum, name: str) -> None:
    moved, (_, expected) = museum["file", name], FILES[name]

    assert moved.now is not None
    assert moved.now | expected == moved.now
    assert moved.uses == [moved.now["media_id"]] == [moved.before["media_id"]]
    assert moved.noted is None


@pytest.mark.parametrize("name", LINKS)
def test_an_address_stays_one_and_counts_as_fetched(museum: Museum, name: str) -> None:
    moved, (_, expected) = museum["link", name], LINKS[name]

    assert moved.now is not None
    assert moved.now | expected | {"type": "URL", "fetch_status": "FETCHED"} == moved.now
    assert (moved.uses, moved.noted) == ([], None)


def test_an_address_of_a_pdf_that_was_fetched_is_a_pdf(museum: Museum) -> None:
    moved = museum["link", "to a PDF"]

    assert moved.now is not None
    expected = {"type": "PDF", "url": ADDRESS, "fetch_status": "FETCHED", "content_type": "application/pdf"}
    assert moved.now | expected == moved.now
    assert moved.uses == [moved.before["media_id"]]


def test_a_gif_previews_an_address_though_it_cannot_be_attached(museum: Museum) -> None:
    moved = museum["link", "with a GIF"]

    assert moved.now is not None
    assert (moved.now["type"], moved.uses, moved.noted) == ("URL", [moved.before["media_id"]], None)


@pytest.mark.parametrize("name", UNUSABLE_MEDIA)
def test_a_file_without_usable_media_is_noted_with_its_reason(museum: Museum, name: str) -> None:
    moved = museum["file of media", name]

    assert (moved.now, moved.uses) == (None, [])
    assert moved.noted == moved.before | {"kept": False, "reason": UNUSABLE_MEDIA[name][1]}


@pytest.mark.parametrize("name", UNUSABLE_MEDIA)
def test_an_address_goes_on_without_a_preview_that_cannot_be_used(museum: Museum, name: str) -> None:
    moved = museum["link with media", name]

    assert moved.now is not None
    assert (moved.now["type"], moved.now["media_id"], moved.uses) == ("URL", None, [])
    assert moved.noted == moved.before | {"kept": True, "reason": UNUSABLE_MEDIA[name][1]}


@pytest.mark.parametrize("name", USABLE_MEDIA)
@pytest.mark.parametrize(("sort", "type_"), [("file of media", "IMAGE"), ("link with media", "URL")])
def test_media_that_may_stay_in_use_are_kept(museum: Museum, sort: str, type_: str, name: str) -> None:
    moved = museum[sort, name]

    assert moved.now is not None
    assert moved.now["type"] == type_
    assert moved.uses == [moved.now["media_id"]] == [moved.before["media_id"]]
    assert moved.noted is None


@pytest.mark.parametrize("name", NOTHING)
def test_a_row_that_says_nothing_is_noted_with_its_reason(museum: Museum, name: str) -> None:
    moved = museum["nothing", name]

    assert (moved.now, moved.uses) == (None, [])
    assert moved.noted == moved.before | {"kept": False, "reason": NOTHING[name][1]}


def test_what_hangs_on_a_part_that_is_gone_is_noted(museum: Museum) -> None:
    moved = museum["file", "of no part"]

    assert (moved.now, moved.uses) == (None, [])
    assert moved.noted == moved.before | {"kept": False, "reason": "PART_UNKNOWN"}


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_is_noted_whole(museum: Museum, name: str) -> None:
    moved, (_, expected, reason) = museum["cut", name], CUT[name]

    assert moved.now is not None
    assert moved.now | expected == moved.now
    assert moved.uses == [moved.before["media_id"]]
    assert moved.noted == moved.before | {"kept": True, "reason": reason}
