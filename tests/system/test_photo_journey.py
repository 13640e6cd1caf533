"""Photos from the photographer's disk to the owner's screen."""

import io
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import httpx
import pytest
from PIL import Image

from tests import media
from tests.adapters.imaging.deriving import is_upright
from tests.system.answers import accepted, told
from tests.system.backstage import Backstage
from tests.system.caller import Json
from tests.system.delivery import Delivery, processed
from tests.system.files import LocalFile, photo
from tests.system.marketplace import Marketplace

SIZES = {"thumbnail": 200, "small": 400, "medium": 800, "large": 1200}
FILES = [
    photo("turned", media.jpeg(1600, 1200, orientation=6, gps=True), sequence=1, title="Salón y balcón"),
    photo("phone", media.heic(1600, 1200, gps=True), filename="IMG 1.HEIC", content_type="image/heic", sequence=2),
    photo("narrow", media.png(300, 200), filename="plan.png", content_type="image/png", sequence=3),
    photo("tall", media.webp(300, 400), media_type="PHOTO_VERTICAL", filename="t.webp", content_type="image/webp"),
    photo("avif", media.avif(), filename="a.avif", content_type="image/avif", sequence=4),
]


@pytest.fixture(scope="module")
async def delivery(marketplace: Marketplace) -> Delivery:
    return await processed(marketplace, FILES)


async def fetched(web: httpx.AsyncClient, url: str) -> bytes:
    answer = await web.get(url)
    assert answer.status_code == httpx.codes.OK, told(answer)
    return answer.content


def items(downloads: dict[str, Json]) -> dict[str, Json]:
    """By client id, which is the order of FILES within each type."""
    found: dict[str, Json] = {}
    for group in downloads.values():
        expected = sorted((file for file in FILES if file.media_type == group["type"]), key=lambda f: f.sequence)
        found |= {file.client_id: item for file, item in zip(expected, group.get("items", []), strict=False)}
    return found


async def test_items_come_by_type_and_sequence(delivery: Delivery) -> None:
    downloads = await delivery.downloads()

    assert set(downloads) == {"ZIP_FULL", "PHOTO_HORIZONTAL", "PHOTO_VERTICAL"}
    horizontal = downloads["PHOTO_HORIZONTAL"]["items"]
    assert [item["sequence"] for item in horizontal] == [1, 2, 3, 4]
    assert horizontal[0]["title"] == "Salón y balcón"
    assert (horizontal[0]["width"], horizontal[0]["height"]) == (1600, 1200), "sizes are those of the upright picture"
    assert all(item["thumbhash"] and item["preview"] for item in horizontal), horizontal


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.client_id)
async def test_every_rendition_is_upright_sized_and_bare(delivery: Delivery, file: LocalFile, tmp_path: Path) -> None:
    item = items(await delivery.downloads())[file.client_id]

    assert set(item["renditions"]) == {*SIZES, "original"}
    for name, width in SIZES.items():
        body = await fetched(delivery.web, item["renditions"][name])
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(body)
        with Image.open(io.BytesIO(body)) as image:
            assert image.format == "JPEG"
            assert image.width == min(width, item["width"]), "right width, never enlarged"
            assert image.info.get("progressive"), f"{name} is not progressive"
            assert not image.getexif(), f"{name} carries EXIF"
        assert media.GPS_MARK not in body
        assert b"Exif" not in body
        assert is_upright(path), f"{name} of {file.client_id} is turned"


async def test_originals_come_back_byte_for_byte(delivery: Delivery) -> None:
    found = items(await delivery.downloads())

    for file in FILES:
        assert await fetched(delivery.web, found[file.client_id]["renditions"]["original"]) == file.data
        assert await fetched(delivery.web, found[file.client_id]["url"]) == file.data


async def test_the_zip_holds_the_originals_under_readable_names(delivery: Delivery) -> None:
    group = (await delivery.downloads())["ZIP_FULL"]
    answer = await delivery.web.get(group["url"])

    assert answer.status_code == httpx.codes.OK, told(answer)
    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.content) == group["bytes"]
    assert group["extractedBytes"] == sum(len(file.data) for file in FILES)
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None, "an entry is damaged"
        assert {entry.compress_type for entry in archive.infolist()} == {ZIP_STORED}
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "photo/horizontal/001-Salón y balcón.jpg": FILES[0].data,
            "photo/horizontal/002-IMG 1.heic": FILES[1].data,
            "photo/horizontal/003-plan.png": FILES[2].data,
            "photo/horizontal/004-a.avif": FILES[4].data,
            "photo/vertical/001-t.webp": FILES[3].data,
        }


async def test_the_report_and_the_listing_say_that_it_is_done(delivery: Delivery, backstage: Backstage) -> None:
    report = await delivery.status()

    assert {asset["status"] for asset in report["assets"]} == {"PROCESSED"}
    assert set(report["availableDownloads"]) == {"ZIP_FULL", "PHOTO_HORIZONTAL", "PHOTO_VERTICAL"}
    assert [(step["name"], step["status"]) for step in report["processing"]["steps"]] == [
        ("validate", "DONE"),
        ("thumbnails", "DONE"),
        ("transcode", "SKIPPED"),
        ("zip", "DONE"),
        ("finalize", "DONE"),
    ]
    assert report["processing"]["status"] == "SUCCEEDED"
    assert await backstage.listing_status(delivery.listing_id) == "PENDING_OWNER_APPROVAL"


async def test_owner_and_admin_may_look_and_nobody_unsigned(delivery: Delivery, marketplace: Marketplace) -> None:
    for person in (marketplace.owner, marketplace.admin):
        answer = accepted(await person.caller.downloads(delivery.listing_id))
        assert answer["batchId"] == delivery.batch_id, "without a batch, the newest that is READY"
    url = (await delivery.downloads())["ZIP_FULL"]["url"]

    bare = await delivery.web.get(url.partition("?")[0])

    assert bare.status_code == httpx.codes.FORBIDDEN, "the bucket is not public"
