"""Provider EXTERNAL: a pipeline outside does the work and answers by signed callback."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from tests import media
from tests.system.answers import accepted, refused
from tests.system.backstage import open_backstage
from tests.system.caller import CALLBACKS
from tests.system.delivery import announced
from tests.system.files import photos
from tests.system.marketplace import open_marketplace
from tests.system.metrics import read_metrics
from tests.system.pipeline import SECRET, Pipeline
from tests.system.vitrine_process import running_vitrine
from tests.system.waiting import eventually

URL_SECONDS = 3


@pytest.fixture(scope="module")
async def pipeline() -> AsyncIterator[Pipeline]:
    """Its Vitrine is in a hurry, too: upload URLs live for seconds."""
    settings = {"provider": "EXTERNAL", "webhook_secrets": SECRET, "upload_url_lifetime": str(URL_SECONDS)}
    async with (
        running_vitrine(**settings) as vitrine,
        open_marketplace(vitrine.url) as marketplace,
        open_backstage(vitrine) as backstage,
    ):
        yield Pipeline(marketplace=marketplace, backstage=backstage)


async def test_the_job_is_published_and_its_answer_makes_the_batch_ready(pipeline: Pipeline) -> None:
    delivery, report = await pipeline.asked()
    assert (await pipeline.backstage.events(delivery.batch_id))["vitrine.job.requested"] == 1

    accepted(await pipeline.report(report | {"status": "RUNNING"}), HTTPStatus.ACCEPTED)
    assert (await delivery.status())["batch"]["status"] == "PROCESSING"
    accepted(await pipeline.report(report | await pipeline.everything(delivery)), HTTPStatus.ACCEPTED)

    await delivery.ready(within=5)
    downloads = await delivery.downloads()
    (item,) = downloads["PHOTO_HORIZONTAL"]["items"]
    assert (await delivery.web.get(item["renditions"]["large"])).content == media.jpeg(320, 240)
    assert (await delivery.web.get(downloads["ZIP_FULL"]["url"])).is_success
    assert await pipeline.backstage.listing_status(delivery.listing_id) == "PENDING_OWNER_APPROVAL"


async def test_signatures_that_are_bad_stale_missing_or_used(pipeline: Pipeline) -> None:
    delivery, report = await pipeline.asked()
    body = report | await pipeline.everything(delivery)
    counted = (await read_metrics(pipeline.marketplace.http))["media_processing_callback_errors_total"]

    forged = await pipeline.report(body, secret="whsec_" + "A" * 32)
    stale = await pipeline.report(body, age=timedelta(minutes=6))
    early = await pipeline.report(body, age=-timedelta(minutes=6))
    unsigned = await pipeline.marketplace.http.post(CALLBACKS, json=body)
    for answer in (forged, stale, early, unsigned):
        refused(answer, HTTPStatus.UNAUTHORIZED, "SIGNATURE_REFUSED")
    assert (await delivery.status())["batch"]["status"] == "RECEIVED", "nothing was applied"

    accepted(await pipeline.report(body, message_id="msg_once"), HTTPStatus.ACCEPTED)
    replayed = await pipeline.report(body, message_id="msg_once")
    refused(replayed, HTTPStatus.UNAUTHORIZED, "CALLBACK_REPLAYED")
    errors = (await read_metrics(pipeline.marketplace.http))["media_processing_callback_errors_total"]
    assert errors == counted + 5


@pytest.mark.parametrize("key", ["{other}/processed/a.jpg", "{own}/raw/a.jpg", "{own}/processed/../raw/a.jpg"])
async def test_keys_outside_of_the_prefix(pipeline: Pipeline, key: str) -> None:
    delivery, report = await pipeline.asked()
    asset_id = delivery.asset_id("photo-1")
    strayed = key.format(other=uuid4(), own=delivery.listing_id)

    answer = await pipeline.report(report | {"outputs": [{"assetId": asset_id, "processedKey": strayed}]})

    problem = refused(answer, HTTPStatus.UNPROCESSABLE_ENTITY, "VALIDATION_FAILED")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/outputs/0", "FOREIGN_KEY")]
    assert (await delivery.status())["batch"]["status"] == "RECEIVED"


async def test_a_key_without_an_object_and_an_asset_of_nobody(pipeline: Pipeline) -> None:
    delivery, report = await pipeline.asked()
    key = f"{delivery.listing_id}/processed/nothing.jpg"

    missing = [{"assetId": delivery.asset_id("photo-1"), "processedKey": key}]
    strange = [{"assetId": str(uuid4()), "errorCode": "TRANSCODE_FAILED"}]

    for outputs, code in ((missing, "OBJECT_NOT_FOUND"), (strange, "UNKNOWN_ASSET")):
        answer = await pipeline.report(report | {"outputs": outputs})
        problem = refused(answer, HTTPStatus.UNPROCESSABLE_ENTITY, "VALIDATION_FAILED")
        assert [error["code"] for error in problem["errors"]] == [code]


async def test_what_a_report_does_not_mention_is_not_deleted(pipeline: Pipeline) -> None:
    delivery, report = await pipeline.asked(2)
    outputs = [await pipeline.output(delivery, "photo-1")]

    accepted(await pipeline.report(report | {"status": "PARTIAL_SUCCESS", "outputs": outputs}), HTTPStatus.ACCEPTED)

    settled = await delivery.settled(within=5)
    assert [asset["status"] for asset in settled["assets"]] == ["PROCESSED", "FAILED"]
    assert settled["batch"]["status"] == "FAILED"
    items = (await delivery.downloads())["PHOTO_HORIZONTAL"]["items"]
    assert (await delivery.web.get(items[0]["url"])).is_success
    assert items[1]["error"]["code"], "it says why it cannot be served"


async def test_a_success_without_an_archive_is_none(pipeline: Pipeline) -> None:
    delivery, report = await pipeline.asked()
    incomplete = report | await pipeline.everything(delivery)
    del incomplete["zip"]

    accepted(await pipeline.report(incomplete), HTTPStatus.ACCEPTED)

    settled = await delivery.settled(within=5)
    assert (settled["batch"]["status"], settled["batch"]["failureCode"]) == ("FAILED", "ZIP_FAILED")
    assert await pipeline.backstage.listing_status(delivery.listing_id) == "PENDING_PHOTO_PROCESSING"


async def test_a_report_on_an_older_attempt(pipeline: Pipeline) -> None:
    delivery, first = await pipeline.asked()
    done = first | await pipeline.everything(delivery)
    accepted(await pipeline.report(done), HTTPStatus.ACCEPTED)
    again = accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)

    old_job = await pipeline.report(done)
    old_attempt = await pipeline.report(done | {"jobId": again["jobId"]})
    for answer in (old_job, old_attempt):
        refused(answer, HTTPStatus.CONFLICT, "CALLBACK_OUTDATED")
    assert (await delivery.status())["batch"]["status"] == "PROCESSING", "the newer run goes on"

    newer = {"jobId": again["jobId"], "attempt": 2} | await pipeline.everything(delivery, attempt=2)
    accepted(await pipeline.report(newer), HTTPStatus.ACCEPTED)
    await delivery.ready(within=5)


async def test_an_upload_url_ends_and_a_fresh_one_takes_its_place(pipeline: Pipeline) -> None:
    delivery = await announced(pipeline.marketplace, photos(1))
    (file,) = delivery.files
    query = parse_qs(urlsplit(delivery.tickets["photo-1"]["uploadUrl"]).query)
    signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ends_at = signed_at + timedelta(seconds=int(query["X-Amz-Expires"][0]))
    assert ends_at - datetime.now(UTC) <= timedelta(seconds=URL_SECONDS)

    async def over() -> bool:
        return datetime.now(UTC) > ends_at + timedelta(seconds=1)

    await eventually(over, within=URL_SECONDS + 5, expecting="the URL is over")
    assert (await delivery.put(file)).status_code == HTTPStatus.FORBIDDEN

    async def put_with_a_fresh_one() -> bool:
        fresh = accepted(await delivery.caller.fresh_urls(delivery.listing_id, delivery.batch_id))
        return (await delivery.put(file, ticket=fresh["files"][0])).is_success

    await eventually(put_with_a_fresh_one, within=15, expecting="a fresh URL is good")
    accepted(await delivery.complete(), HTTPStatus.ACCEPTED)
