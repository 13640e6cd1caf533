"""What operators see: the names are a contract, alerts hang on them."""

import json
from http import HTTPStatus

from tests import media
from tests.system.answers import accepted
from tests.system.caller import CALLBACKS
from tests.system.delivery import processed, received
from tests.system.family import frozen
from tests.system.files import photo, photos
from tests.system.marketplace import Marketplace
from tests.system.metrics import read_metrics
from tests.system.vitrine_process import VitrineProcess
from tests.system.waiting import eventually

NAMES = {
    "media_batches_created_total",
    "media_batches_failed_total",
    "media_processing_duration_seconds",
    "media_processing_inflight_jobs",
    "media_processing_dlq_messages_total",
    "media_reprocess_requests_total",
    "media_processing_callback_errors_total",
    "media_outbox_lag_seconds",
    "media_queue_oldest_age_seconds",
    "media_dead_letters_open",
    "media_processing_step_duration_seconds",
}


async def test_every_name_of_the_contract_is_there(marketplace: Marketplace) -> None:
    text = (await marketplace.http.get("/metrics")).text

    described = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert described >= NAMES, f"missing: {NAMES - described}"


async def test_a_journey_moves_the_numbers(marketplace: Marketplace) -> None:
    before = await read_metrics(marketplace.http)

    delivery = await processed(marketplace, photos(2))
    accepted(await delivery.caller.retry(delivery.listing_id, delivery.batch_id), HTTPStatus.ACCEPTED)
    await delivery.ready()
    bad = await received(marketplace, [photo(data=media.text())])
    await bad.settled()
    await marketplace.http.post(CALLBACKS, json={})

    after = await read_metrics(marketplace.http)
    moved = {name: value - before.get(name, 0) for name, value in after.items()}
    assert moved["media_batches_created_total{PENDING_UPLOAD}"] == 2
    assert moved["media_batches_failed_total{CONTENT_TYPE_MISMATCH}"] == 1
    assert moved["media_processing_duration_seconds_count"] == 1, "from RECEIVED to READY, the first time alone"
    assert 0 < moved["media_processing_duration_seconds_sum"] < 60
    assert moved["media_reprocess_requests_total"] == 1
    assert moved["media_processing_callback_errors_total"] == 1
    assert moved["media_processing_step_duration_seconds_count{validate}"] == 5
    assert moved["media_processing_step_duration_seconds_count{zip}"] == 3
    assert moved["media_processing_step_duration_seconds_count{finalize}"] == 3


async def test_work_in_flight_is_counted_and_then_done(vitrine: VitrineProcess, marketplace: Marketplace) -> None:
    with frozen(vitrine.family.decoders()):
        delivery = await received(marketplace, photos(1))
        during = await read_metrics(marketplace.http)
    await delivery.ready()

    async def idle() -> bool:
        now = await read_metrics(marketplace.http)
        return now["media_processing_inflight_jobs"] == 0 and now["media_outbox_lag_seconds"] < 5

    assert during["media_processing_inflight_jobs"] >= 1
    await eventually(idle, within=15, expecting="no job in flight, and an outbox that is drained")


async def test_log_lines_name_what_they_are_about(vitrine: VitrineProcess, marketplace: Marketplace) -> None:
    delivery = await processed(marketplace, photos(2))
    job_id = (await delivery.status())["processing"]["jobId"]

    lines = [json.loads(line) for line in vitrine.log.read_text().splitlines() if delivery.batch_id in line]

    done = [line for line in lines if line["event"] == "task.done"]
    assert len(done) == 3, "a line for each file and one for the archive"
    for line in done:
        assert (line["listing_id"], line["job_id"]) == (str(delivery.listing_id), job_id)
    assert "X-Amz-Signature" not in vitrine.log.read_text(), "links are secrets"


async def test_probes(marketplace: Marketplace) -> None:
    assert (await marketplace.http.get("/livez")).text == "alive"
    ready = accepted(await marketplace.http.get("/readyz"))
    assert ready == {"status": "ready", "checks": {"database": "up", "objects": "up"}}
