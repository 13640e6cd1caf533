"""Calls that come twice, at once, or at the wrong moment."""

import asyncio
from http import HTTPStatus

import httpx

from tests import media
from tests.system.answers import accepted, refused
from tests.system.backstage import Backstage
from tests.system.delivery import announced, processed, received, uploaded
from tests.system.family import frozen
from tests.system.files import film, photo, photos
from tests.system.marketplace import Marketplace
from tests.system.vitrine_process import VitrineProcess

CLIENTS = 10


async def test_complete_from_ten_clients_at_once_and_once_more(marketplace: Marketplace, backstage: Backstage) -> None:
    delivery = await uploaded(marketplace, photos(3))

    answers = await asyncio.gather(*(delivery.complete() for _ in range(CLIENTS)))
    await delivery.ready()
    answers.append(await delivery.complete())

    told = [accepted(answer, HTTPStatus.ACCEPTED) for answer in answers]
    assert {answer["status"] for answer in told} == {"RECEIVED"}
    assert len({answer["jobId"] for answer in told}) == 1, "everybody is told of the same job"
    (job,) = await backstage.jobs(delivery.batch_id)
    assert (job["status"], job["done"], job["failed"]) == ("SUCCEEDED", 3, 0)
    assert len(await backstage.tasks(delivery.batch_id)) == len(delivery.files) + 1, "one task a file, and the archive"


async def test_the_same_announcement_from_ten_clients_at_once(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()
    files = [file.announcement for file in photos(2)]

    answers = await asyncio.gather(
        *(marketplace.photographer.caller.announce(listing_id, files, "shoot") for _ in range(CLIENTS))
    )

    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.OK] * (CLIENTS - 1) + [HTTPStatus.CREATED]
    assert len({answer.json()["batchId"] for answer in answers}) == 1


async def test_retry_and_delete_during_processing(
    vitrine: VitrineProcess, marketplace: Marketplace, backstage: Backstage
) -> None:
    with frozen(vitrine.family.decoders()):
        delivery = await received(marketplace, photos(1))
        report = await delivery.until("PROCESSING", within=15)

        retry = await delivery.caller.retry(delivery.listing_id, delivery.batch_id)
        refused(retry, HTTPStatus.CONFLICT, "BATCH_NOT_RETRYABLE")
        refused(await delivery.caller.delete(delivery.batch_id), HTTPStatus.CONFLICT, "BATCH_IN_FLIGHT")
        removal = await delivery.caller.delete_asset(delivery.batch_id, delivery.asset_id("photo-1"))
        refused(removal, HTTPStatus.CONFLICT, "BATCH_IN_FLIGHT")
        assert {asset["status"] for asset in report["assets"]} <= {"RECEIVED", "PROCESSING"}

    await delivery.ready()
    assert len(await backstage.jobs(delivery.batch_id)) == 1


async def test_of_ten_retries_at_once_one_is_taken(marketplace: Marketplace, backstage: Backstage) -> None:
    delivery = await processed(marketplace, photos(1))

    answers = await asyncio.gather(
        *(delivery.caller.retry(delivery.listing_id, delivery.batch_id) for _ in range(CLIENTS))
    )

    taken = [answer for answer in answers if answer.status_code == HTTPStatus.ACCEPTED]
    assert {answer.status_code for answer in answers} <= {HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT}
    assert len(await backstage.jobs(delivery.batch_id)) == 1 + len(taken)
    assert len(taken) >= 1
    await delivery.ready()


async def test_the_old_version_stays_until_the_new_one_is_ready(
    vitrine: VitrineProcess, marketplace: Marketplace
) -> None:
    delivery = await processed(marketplace, [photo(data=media.jpeg(640, 480))])
    old = await delivery.downloads()

    with frozen(vitrine.family.decoders()):
        accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
        assert (await delivery.status())["batch"]["status"] == "PROCESSING"
        meanwhile = await delivery.downloads()
        assert _paths(meanwhile) == _paths(old)
        for url in _urls(meanwhile):
            assert (await delivery.web.get(url)).is_success, "downloadable while the new one is made"
    await delivery.ready()

    new = await delivery.downloads()
    assert not _paths(new) & {path for path in _paths(old) if "/processed/" in path}, "new keys for new bytes"
    for url in [*_urls(new), *_urls(old)]:
        assert (await delivery.web.get(url)).is_success, "links that were handed out stay good"


async def test_the_listing_waits_for_a_sibling_in_flight(
    vitrine: VitrineProcess, marketplace: Marketplace, backstage: Backstage
) -> None:
    listing_id = await marketplace.listing()
    slow = await received(marketplace, [film()], listing_id=listing_id)

    with frozen(await vitrine.family.transcoding()):
        await processed(marketplace, photos(1), listing_id=listing_id)
        assert await backstage.listing_status(listing_id) == "PENDING_PHOTO_PROCESSING", "the video is still on its way"

    await slow.ready()
    assert await backstage.listing_status(listing_id) == "PENDING_OWNER_APPROVAL"


async def test_documents_do_not_move_a_listing(marketplace: Marketplace, backstage: Backstage) -> None:
    listing_id = await marketplace.listing(kind="DEVELOPMENT")
    render = photo("render", media_type="PROJECT_RENDER")

    await processed(marketplace, [render], listing_id=listing_id, caller=marketplace.owner.caller)

    assert await backstage.listing_status(listing_id) == "PENDING_PHOTO_PROCESSING"


async def test_nothing_to_download_yet(marketplace: Marketplace) -> None:
    delivery = await announced(marketplace, photos(1))

    accepted(await delivery.caller.downloads(delivery.listing_id), HTTPStatus.NO_CONTENT)
    named = await delivery.caller.downloads(delivery.listing_id, delivery.batch_id)
    refused(named, HTTPStatus.CONFLICT, "BATCH_NOT_READY")


def _urls(downloads: dict[str, dict[str, object]]) -> list[str]:
    found: list[str] = []
    for group in downloads.values():
        found += [str(group["url"])] if "url" in group else []
        for item in group.get("items", []):  # type: ignore[attr-defined]
            found += item["renditions"].values()
    return found


def _paths(downloads: dict[str, dict[str, object]]) -> set[str]:
    return {httpx.URL(url).path for url in _urls(downloads)}
