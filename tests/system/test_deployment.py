"""Every role in a process of its own, over Kafka, as `deploy/compose.yaml` runs them."""

import json
import re
import signal
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest

from domain.principal import Role
from tests import media
from tests.stack.program import run_program
from tests.stack.role_process import RoleProcess
from tests.stack.stack import Stack, open_stack
from tests.stack.wire import Wire, headers_of, open_wire
from tests.system.answers import accepted, refused
from tests.system.backstage import Backstage, open_backstage
from tests.system.collector import Collector, open_collector
from tests.system.delivery import announced, received, uploaded
from tests.system.family import frozen
from tests.system.files import film, photos, video
from tests.system.marketplace import Marketplace, open_marketplace
from tests.system.metrics import read_metrics
from tests.system.outcome import assert_done_once
from tests.system.pipeline import Pipeline
from tests.system.plain_http import plain_http
from tests.system.waiting import eventually

EVENTS, LISTINGS, STORAGE = "vitrine.listing-media.v1", "vitrine.listings.v1", "vitrine.storage.v1"
PIPELINE = "vitrine.pipeline-results.v1"
LETTERS = "/api/v2/dead-letters"
PREFIX = "deployed."


@dataclass(frozen=True, kw_only=True)
class Deployment:
    stack: Stack
    marketplace: Marketplace
    backstage: Backstage
    wire: Wire
    collector: Collector


@pytest.fixture(scope="module")
async def deployment(kafka_servers: str) -> AsyncIterator[Deployment]:
    prefix = f"{PREFIX}{uuid4().hex[:6]}."
    async with (
        open_collector() as collector,
        open_stack(kafka_servers, prefix, otlp_endpoint=collector.url, lease="6", drain="45") as stack,
    ):
        await stack.start({name: [name] for name in ("api", "relay", "worker", "consume")})
        async with (
            open_marketplace(stack.url) as marketplace,
            open_backstage(stack) as backstage,
            open_wire(kafka_servers, prefix) as wire,
        ):
            yield Deployment(stack=stack, marketplace=marketplace, backstage=backstage, wire=wire, collector=collector)


@pytest.fixture(autouse=True)
async def everybody_runs(deployment: Deployment) -> None:
    """Whatever the test before did to them."""
    for role in deployment.stack.roles.values():
        if not role.runs():
            role.launch()
            await role.answers("/readyz")


async def test_a_batch_goes_through_all_processes(deployment: Deployment) -> None:
    delivery = await received(deployment.marketplace, [*photos(2), video(data=media.video(640, 360, seconds=1.0))])

    await delivery.ready(within=90)

    ready = await deployment.wire.hear(EVENTS, key=delivery.batch_id, ce_type="vitrine.batch.ready")
    assert json.loads(ready.value)["listingId"] == str(delivery.listing_id)
    headers = headers_of(ready)
    assert (headers["ce_specversion"], headers["ce_source"], headers["content-type"]) == (
        "1.0",
        "/vitrine",
        "application/json",
    )
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]", headers["traceparent"])


async def test_photos_are_done_once(deployment: Deployment) -> None:
    delivery = await received(deployment.marketplace, photos(3))

    await assert_done_once(delivery, deployment.backstage)


async def test_one_trace_from_the_request_to_the_finalize(deployment: Deployment) -> None:
    delivery = await uploaded(deployment.marketplace, photos(1))
    trace_id = uuid4().hex
    delivery.caller.headers["traceparent"] = f"00-{trace_id}-00f067aa0ba902b7-01"
    try:
        accepted(await delivery.complete(), HTTPStatus.ACCEPTED)
    finally:
        del delivery.caller.headers["traceparent"]
    await delivery.ready()

    spans = await deployment.collector.until(
        trace_id, ["POST /api/v2/listings/media/uploads/complete", "process image", "process archive", "finalize"]
    )

    assert {span.trace_id for span in spans} == {trace_id}
    ready = await deployment.wire.hear(EVENTS, key=delivery.batch_id, ce_type="vitrine.batch.ready")
    assert headers_of(ready)["traceparent"].split("-")[1] == trace_id


async def test_the_marketplace_tells_of_its_listings_over_kafka(deployment: Deployment) -> None:
    people, wire = deployment.marketplace, deployment.wire
    listing_id, now = uuid4(), datetime.now(UTC)
    booking = {
        "id": str(uuid4()),
        "photographerId": str(people.photographer.user_id),
        "status": "DONE",
        "scheduledAt": "2026-01-01T10:00:00Z",
    }
    facts = {
        "listingId": str(listing_id),
        "storeId": str(people.store_id),
        "ownerId": str(people.owner.user_id),
        "kind": "PROPERTY",
        "status": "PENDING_PHOTO_PROCESSING",
        "bookings": [booking],
    }
    await wire.tell(LISTINGS, "vitrine.listing.upserted", facts, key=str(listing_id), at=now)
    await wire.tell(
        LISTINGS,
        "vitrine.listing.upserted",
        facts | {"status": "DRAFT", "bookings": []},
        key=str(listing_id),
        at=now - timedelta(minutes=1),
    )

    async def known() -> bool:
        answer = await people.photographer.caller.batches(listing_id)
        return answer.status_code == HTTPStatus.OK

    await eventually(known, within=30, expecting="the listing is known, with its photographer")
    delivery = await received(people, photos(1), listing_id=listing_id)
    await delivery.ready()
    assert await deployment.backstage.listing_status(listing_id) == "PENDING_OWNER_APPROVAL"


@pytest.mark.parametrize("topic", [LISTINGS, PIPELINE, STORAGE, "vitrine.tasks.image.v1"])
async def test_what_cannot_be_read_goes_to_the_dead_letters_with_its_bytes(deployment: Deployment, topic: str) -> None:
    people, wire = deployment.marketplace, deployment.wire
    garbage = b"\xff\x00 not a message " + uuid4().bytes
    await wire.put(topic, garbage, key="k")

    dead = await wire.hear(f"{topic}.dlq", ce_type="vitrine.message.rejected")
    operator = people.person(Role.ADMIN, Role.SERVICE).caller
    found = await operator.http.get(LETTERS, params={"topic": topic, "status": "OPEN"}, headers=operator.headers)

    records = [record.value for name, record in wire.heard if name == f"{topic}.dlq"]
    assert garbage in records
    assert headers_of(dead)["vitrine-topic"].endswith(topic)
    (listed,) = accepted(found)["deadLetters"]
    letter = f"{LETTERS}/{listed['letterId']}"
    shown = accepted(await operator.http.get(letter, headers=operator.headers))
    assert b64decode(shown["body"]["base64"]) == garbage
    accepted(await operator.http.post(f"{letter}/discard", headers=operator.headers), HTTPStatus.NO_CONTENT)
    assert (await read_metrics(people.http))["media_dead_letters_open"] == 0
    await (await received(people, photos(1))).ready()


async def test_a_message_that_came_too_early_is_replayed_by_hand(deployment: Deployment) -> None:
    """A booking of a listing that nobody has told of; then the listing comes, and an operator."""
    people, wire, stack = deployment.marketplace, deployment.wire, deployment.stack
    listing_id = uuid4()
    booking = {
        "id": str(uuid4()),
        "photographerId": str(people.photographer.user_id),
        "status": "DONE",
        "scheduledAt": "2026-01-01T10:00:00Z",
    }
    fact = {"listingId": str(listing_id), "storeId": str(people.store_id), "booking": booking}
    event_id = await wire.tell(LISTINGS, "vitrine.booking.upserted", fact, key=str(listing_id))
    await wire.hear(f"{LISTINGS}.dlq", **{"original-ce_id": event_id})
    await wire.tell(
        LISTINGS,
        "vitrine.listing.upserted",
        {
            "listingId": str(listing_id),
            "storeId": str(people.store_id),
            "ownerId": str(people.owner.user_id),
            "kind": "PROPERTY",
            "status": "PENDING_PHOTO_PROCESSING",
            "bookings": [],
        },
        key=str(listing_id),
        at=datetime.now(UTC) - timedelta(hours=1),
    )

    async def known() -> bool:
        answer = await people.owner.caller.batches(listing_id)
        return answer.status_code == HTTPStatus.OK

    await eventually(known, within=30, expecting="the listing is known")
    assert (await people.photographer.caller.batches(listing_id)).status_code == HTTPStatus.FORBIDDEN

    await stack.run("dlq", "replay", "--all", "--topic", LISTINGS, "--yes", *_operator(deployment))

    async def booked() -> bool:
        answer = await people.photographer.caller.batches(listing_id)
        return answer.status_code == HTTPStatus.OK

    await eventually(booked, within=30, expecting="the photographer is known")


async def test_a_storage_notification_tells_that_a_file_has_arrived(deployment: Deployment) -> None:
    delivery = await announced(deployment.marketplace, photos(2))
    first = delivery.files[0]
    (await delivery.put(first)).raise_for_status()
    record = {
        "eventName": "ObjectCreated:Put",
        "eventTime": datetime.now(UTC).isoformat(),
        "s3": {
            "bucket": {"name": "vitrine"},
            "object": {
                "key": delivery.tickets[first.client_id]["objectKey"],
                "size": len(first.data),
                "sequencer": "1",
            },
        },
    }

    await deployment.wire.put(STORAGE, json.dumps({"Records": [record]}).encode())

    async def seen() -> bool:
        assets = {asset["clientId"]: asset for asset in (await delivery.status())["assets"]}
        return bool(assets[first.client_id].get("arrivedAt"))

    await eventually(seen, within=30, expecting="the status shows that the file has arrived")
    assets = {asset["clientId"]: asset for asset in (await delivery.status())["assets"]}
    assert not assets[delivery.files[1].client_id].get("arrivedAt")


async def test_an_external_pipeline_hears_of_its_job_and_reports_over_kafka(deployment: Deployment) -> None:
    stack, wire = deployment.stack, deployment.wire
    api = RoleProcess("api-external", ["api"], stack.folder, stack.environment | {"VITRINE_PROVIDER": "EXTERNAL"})
    api.launch()
    try:
        await api.answers("/readyz")
        async with open_marketplace(api.url) as marketplace:
            delivery = await received(marketplace, photos(1))
            requested = await wire.hear(EVENTS, key=delivery.batch_id, ce_type="vitrine.job.requested")
            job = json.loads(requested.value)
            assert [file["key"] for file in job["files"]] == [delivery.tickets["photo-1"]["objectKey"]]
            pipeline = Pipeline(marketplace=marketplace, backstage=deployment.backstage)
            report = {"jobId": job["jobId"], "attempt": job["attempt"], **await pipeline.everything(delivery)}

            for _ in range(2):
                await wire.tell(PIPELINE, "vitrine.pipeline.reported", report, key=job["jobId"])

            await delivery.ready()
            assert (await deployment.backstage.events(delivery.batch_id))["vitrine.batch.ready"] == 1
    finally:
        await api.end(signal.SIGTERM)


async def test_a_worker_that_is_told_to_stop_finishes_what_it_has(deployment: Deployment) -> None:
    worker = deployment.stack.roles["worker"]
    delivery = await received(deployment.marketplace, [film()])
    await _at_work(deployment, delivery.batch_id)

    code = await worker.end(signal.SIGTERM)

    assert code == 0, worker.log_tail()
    (task, *_) = await deployment.backstage.tasks(delivery.batch_id)
    assert (task["status"], task["attempt"], task["max_attempts"]) == ("DONE", 1, 4)
    worker.launch()
    await worker.answers("/readyz")
    await delivery.ready(within=90)


async def test_told_twice_it_hands_back_what_it_has(deployment: Deployment) -> None:
    worker = deployment.stack.roles["worker"]
    delivery = await received(deployment.marketplace, [film()])
    await _at_work(deployment, delivery.batch_id)

    with frozen(await worker.family.transcoding()):
        worker.send(signal.SIGTERM)
        await _says(worker, "/livez")
        code = await worker.end(signal.SIGTERM)

    assert code == 0, worker.log_tail()
    (task,) = await deployment.backstage.tasks(delivery.batch_id)
    assert (task["status"], task["attempt"], task["max_attempts"]) == ("PENDING", 1, 5), worker.log_tail()
    worker.launch()
    await worker.answers("/readyz")
    await delivery.ready(within=90)


async def test_every_role_tells_how_it_is(deployment: Deployment) -> None:
    async with plain_http(timeout=10) as http:
        for name, role in deployment.stack.roles.items():
            assert (await http.get(f"{role.url}/livez")).text == "alive"
            checks = accepted(await http.get(f"{role.url}/readyz"))["checks"]
            assert set(checks) == {"database", "objects"} | ({"messages"} if name != "api" else set())
            metrics = (await http.get(f"{role.url}/metrics")).text
            assert "media_processing_inflight_jobs" in metrics
            loops = set(re.findall(r'media_loop_age_seconds\{loop="([^"]+)"\}', metrics))
            assert loops >= _LOOPS[name]
            if name != "api":
                refused(await http.get(f"{role.url}/api/v2/listings/media/uploads"), HTTPStatus.NOT_FOUND, "NOT_FOUND")


_LOOPS = {
    "api": set(),
    "relay": {"relay", "sweeper"},
    "worker": {"vitrine.worker.image", "poll vitrine.worker.image", "poll vitrine.worker.video"},
    "consume": {"poll vitrine.listings", "poll vitrine.pipeline-results", "poll vitrine.storage"},
}


async def test_a_role_says_what_it_needs(deployment: Deployment) -> None:
    stack = deployment.stack
    bare = {name: value for name, value in stack.environment.items() if not name.startswith("VITRINE_")}
    async with deployment.backstage.another_database("empty") as name:
        dsn = stack.environment["VITRINE_DATABASE_URL"].rpartition("/")[0]
        unmigrated = stack.environment | {"VITRINE_DATABASE_URL": f"{dsn}/{name}"}
        for environment, word in ((bare, "VITRINE_KAFKA_SERVERS is needed"), (unmigrated, "run `vitrine migrate`")):
            code, output = await run_program("relay", environment=environment, folder=stack.folder)
            assert (code, word in output) == (1, True), output


def _operator(deployment: Deployment) -> list[str]:
    return ["--api", deployment.stack.url]


async def _at_work(deployment: Deployment, batch_id: str) -> None:
    async def leased() -> bool:
        return any(task["status"] == "LEASED" for task in await deployment.backstage.tasks(batch_id))

    await eventually(leased, within=30, expecting="a worker has taken the video")


async def _says(role: RoleProcess, path: str) -> None:
    async with plain_http(timeout=5) as http:
        assert (await http.get(role.url + path)).status_code == HTTPStatus.OK
