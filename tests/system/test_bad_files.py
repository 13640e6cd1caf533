"""Files that are not what they claim: each fails with its own code, and no other with it."""

from http import HTTPStatus

import pytest

from tests import media
from tests.system.answers import accepted
from tests.system.backstage import Backstage
from tests.system.delivery import Delivery, received
from tests.system.files import document, photo, video
from tests.system.marketplace import Marketplace

GOOD = photo("good", sequence=1)
BAD = {
    "truncated": (photo("truncated", media.truncated(media.jpeg()), sequence=2), "UNREADABLE_MEDIA"),
    "bomb": (photo("bomb", media.png_bomb(), content_type="image/png", sequence=3), "PIXEL_LIMIT_EXCEEDED"),
    "text": (photo("text", media.text(), sequence=4), "CONTENT_TYPE_MISMATCH"),
    "pdf": (photo("pdf", media.pdf(), sequence=5), "CONTENT_TYPE_MISMATCH"),
    "film": (photo("film", media.video(), sequence=6), "CONTENT_TYPE_MISMATCH"),
    "cut film": (video("cut film", media.truncated(media.video())), "UNREADABLE_MEDIA"),
}


@pytest.fixture(scope="module")
async def delivery(marketplace: Marketplace) -> Delivery:
    """Settled: one good file among bad ones."""
    delivery = await received(marketplace, [GOOD, *(file for file, _ in BAD.values())])
    await delivery.settled()
    return delivery


@pytest.mark.parametrize("client_id", list(BAD))
async def test_each_fails_with_its_code(delivery: Delivery, client_id: str) -> None:
    assets = {asset["clientId"]: asset for asset in (await delivery.status())["assets"]}

    assert assets[client_id]["status"] == "FAILED"
    assert assets[client_id]["error"]["code"] == BAD[client_id][1], assets[client_id]


async def test_the_good_one_is_served_and_the_bad_ones_say_why(delivery: Delivery, backstage: Backstage) -> None:
    report = await delivery.status()
    downloads = await delivery.downloads()

    assert report["batch"]["status"] == "FAILED"
    assert report["processing"]["status"] == "PARTIAL_SUCCESS"
    good, *bad = downloads["PHOTO_HORIZONTAL"]["items"]
    assert (await delivery.web.get(good["url"])).content == GOOD.data
    assert (await delivery.web.get(good["renditions"]["medium"])).is_success
    assert [item["error"]["code"] for item in bad] == [
        code for file, code in BAD.values() if "PHOTO" in file.media_type
    ]
    assert all("url" not in item for item in bad)
    assert downloads["ZIP_FULL"]["extractedBytes"] == len(GOOD.data)
    assert await backstage.listing_status(delivery.listing_id) == "PENDING_PHOTO_PROCESSING", "it must not advance"


async def test_a_retry_takes_the_failed_files_alone(marketplace: Marketplace) -> None:
    delivery = await received(marketplace, [GOOD, BAD["text"][0]])
    first = await delivery.settled()

    answer = accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
    second = await delivery.settled()

    assert answer["status"] == "PROCESSING"
    assert answer["jobId"] != first["processing"]["jobId"]
    assert second["processing"]["jobId"] == answer["jobId"]
    assert second["processing"]["attempt"] == 2
    assert second["processing"]["steps"][0]["total"] == 1
    assert second["batch"]["status"] == "FAILED", "the bytes are as bad as before"


async def test_without_its_bad_file_the_batch_is_ready(marketplace: Marketplace, backstage: Backstage) -> None:
    delivery = await received(marketplace, [GOOD, BAD["text"][0]])
    await delivery.settled()

    answer = await delivery.caller.delete_asset(delivery.batch_id, delivery.asset_id("text"))

    accepted(answer, HTTPStatus.NO_CONTENT)
    report = await delivery.status()
    assert report["batch"]["status"] == "READY"
    assert [asset["clientId"] for asset in report["assets"]] == ["good"]
    assert await backstage.listing_status(delivery.listing_id) == "PENDING_OWNER_APPROVAL"


async def test_a_batch_of_bad_files_alone_ends_too(marketplace: Marketplace) -> None:
    delivery = await received(marketplace, [BAD["text"][0]])

    report = await delivery.settled()

    assert report["batch"]["status"] == "FAILED"
    assert report["batch"]["failureCode"] == "CONTENT_TYPE_MISMATCH"
    assert "ZIP_FULL" not in await delivery.downloads()


async def test_a_pdf_is_a_document_where_documents_belong(marketplace: Marketplace) -> None:
    development = await marketplace.listing(kind="DEVELOPMENT", status="DRAFT")
    delivery = await received(marketplace, [document()], listing_id=development, caller=marketplace.owner.caller)

    await delivery.ready()

    (item,) = (await delivery.downloads())["PROJECT_DOC"]["items"]
    assert (await delivery.web.get(item["renditions"]["medium"])).headers["content-type"] == "image/jpeg"
    assert (await delivery.web.get(item["renditions"]["original"])).content == media.pdf()
