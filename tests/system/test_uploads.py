"""Up to `complete`: what is refused, and what an honest client does then."""

from http import HTTPStatus

import pytest

from tests import media
from tests.system.answers import accepted, refused, told
from tests.system.backstage import Backstage
from tests.system.conftest import MIB
from tests.system.delivery import announced, processed, uploaded
from tests.system.files import photo, photos, video
from tests.system.marketplace import Marketplace


@pytest.mark.parametrize(
    "lie",
    [{"checksum": "sha256:" + "0" * 64}, {"bytes": 4711}],
    ids=["wrong checksum", "wrong size"],
)
async def test_what_differs_from_its_announcement(marketplace: Marketplace, lie: dict[str, object]) -> None:
    """The signature holds what was announced, so that the store refuses the rest; `complete` then names the file."""
    delivery = await announced(marketplace, [photo("honest"), photo("liar", sequence=2).lying(**lie)])
    honest, liar = delivery.files

    assert (await delivery.put(honest)).is_success
    assert (await delivery.put(liar)).is_client_error
    delivery.etags["liar"] = '"made-up"'

    problem = refused(await delivery.complete(), HTTPStatus.CONFLICT, "UPLOADS_INCOMPLETE")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/files/1", "NOT_UPLOADED")]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (bytes(len(media.jpeg())), {"CHECKSUM_MISMATCH", "ETAG_MISMATCH"}),
        (b"short", {"CHECKSUM_MISMATCH", "SIZE_MISMATCH", "ETAG_MISMATCH"}),
    ],
    ids=["other bytes", "another size"],
)
async def test_an_object_that_was_swapped_in_the_store(
    marketplace: Marketplace, backstage: Backstage, data: bytes, codes: set[str]
) -> None:
    delivery = await uploaded(marketplace, photos(2))
    await backstage.put_object(delivery.tickets["photo-2"]["objectKey"], data, "image/jpeg")

    problem = refused(await delivery.complete(), HTTPStatus.CONFLICT, "UPLOAD_MISMATCH")

    assert {error["code"] for error in problem["errors"]} == codes
    assert {error["pointer"] for error in problem["errors"]} == {"/files/1"}
    assert (await delivery.status())["batch"]["status"] == "PENDING_UPLOAD", "nothing has changed"


@pytest.mark.parametrize(
    ("data", "code"),
    [(bytes(len(media.jpeg())), "CHECKSUM_MISMATCH"), (b"short", "SIZE_MISMATCH")],
    ids=["other bytes", "another size"],
)
async def test_an_original_that_changed_after_it_was_received(
    marketplace: Marketplace, backstage: Backstage, data: bytes, code: str
) -> None:
    delivery = await processed(marketplace, photos(1))
    await backstage.put_object(delivery.tickets["photo-1"]["objectKey"], data, "image/jpeg")

    accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)

    report = await delivery.settled()
    assert report["batch"]["status"] == "FAILED"
    assert report["assets"][0]["error"]["code"] == code
    (item,) = (await delivery.downloads())["PHOTO_HORIZONTAL"]["items"]
    assert item["error"]["code"] == code
    assert (await delivery.web.get(item["renditions"]["large"])).is_success, "what was made before is still there"


async def test_a_missing_upload_is_named_or_left_out(marketplace: Marketplace) -> None:
    delivery = await announced(marketplace, photos(3))
    await delivery.put(delivery.files[0])
    await delivery.put(delivery.files[2])

    problem = refused(await delivery.complete(), HTTPStatus.CONFLICT, "UPLOADS_INCOMPLETE")
    assert [error["code"] for error in problem["errors"]] == ["NOT_UPLOADED"]
    assert "photo-2" in problem["errors"][0]["detail"]

    answer = await delivery.caller.complete(delivery.listing_id, delivery.batch_id, delivery.claims, dropMissing=True)
    accepted(answer, HTTPStatus.ACCEPTED)
    report = await delivery.ready()
    assert [asset["clientId"] for asset in report["assets"]] == ["photo-1", "photo-3"]


async def test_an_interrupted_upload_in_parts_goes_on(marketplace: Marketplace) -> None:
    data = media.video() + _free_box(11 * MIB)
    film = video("film", data)
    delivery = await announced(marketplace, [film])
    multipart = delivery.tickets["film"]["multipart"]
    assert multipart["partSize"] == 5 * MIB
    assert [part["partNumber"] for part in multipart["parts"]] == [1, 2, 3]

    async def put(part: dict[str, object]) -> str:
        begin = (int(str(part["partNumber"])) - 1) * 5 * MIB
        body = data[begin : begin + int(str(part["bytes"]))]
        headers = dict(part["headers"])  # type: ignore[call-overload]
        answer = await delivery.web.put(str(part["uploadUrl"]), headers=headers, content=body)
        assert answer.is_success, told(answer)
        return str(answer.headers["etag"])

    etags = {2: await put(multipart["parts"][1])}
    refused(await delivery.complete(), HTTPStatus.CONFLICT, "UPLOADS_INCOMPLETE")

    fresh = accepted(await delivery.caller.fresh_urls(delivery.listing_id, delivery.batch_id))
    rest = fresh["files"][0]["multipart"]
    assert [part["partNumber"] for part in rest["arrived"]] == [2], "what has arrived is not asked for again"
    assert [part["partNumber"] for part in rest["parts"]] == [1, 3]
    for part in rest["parts"]:
        etags[part["partNumber"]] = await put(part)
    claim = {
        "clientId": "film",
        "etag": None,
        "parts": [{"partNumber": number, "etag": etag} for number, etag in sorted(etags.items())],
    }
    answer = await delivery.caller.complete(delivery.listing_id, delivery.batch_id, [claim])
    accepted(answer, HTTPStatus.ACCEPTED)
    await delivery.ready()

    (item,) = (await delivery.downloads())["VIDEO_HORIZONTAL"]["items"]
    assert (await delivery.web.get(item["renditions"]["original"])).content == data


async def test_after_its_day_a_batch_is_gone(marketplace: Marketplace, backstage: Backstage) -> None:
    delivery = await uploaded(marketplace, photos(1))
    await backstage.end_upload_window(delivery.batch_id)

    refused(await delivery.complete(), HTTPStatus.GONE, "UPLOAD_EXPIRED")
    fresh = await delivery.caller.fresh_urls(delivery.listing_id, delivery.batch_id)
    refused(fresh, HTTPStatus.GONE, "UPLOAD_EXPIRED")

    report = await delivery.until("FAILED", within=15)
    assert report["batch"]["failureCode"] == "UPLOAD_EXPIRED", "the sweeper says so"
    retry = await delivery.caller.retry(delivery.listing_id, delivery.batch_id)
    refused(retry, HTTPStatus.CONFLICT, "BATCH_NOT_RETRYABLE")


async def test_fresh_urls_end_once_the_batch_is_received(marketplace: Marketplace) -> None:
    delivery = await processed(marketplace, photos(1))

    answer = await delivery.caller.fresh_urls(delivery.listing_id, delivery.batch_id)

    refused(answer, HTTPStatus.CONFLICT, "BATCH_ALREADY_RECEIVED")


def _free_box(size: int) -> bytes:
    """Padding that MP4 allows at the end."""
    return size.to_bytes(4, "big") + b"free" + bytes(size - 8)
