"""What an external pipeline reports by message: as over HTTP, and never counted twice."""

from collections.abc import Callable
from typing import Any

import pytest

from application.events.cloud_events import NotACloudEvent
from application.processing.apply_callback import CallbackOutdated, JobNotFound
from domain.batches.batch import BatchStatus
from domain.errors import Rejected
from domain.ids import BatchId
from domain.jobs.job import JobStatus, Provider
from entrypoints.consumer.handling import Outcome
from entrypoints.consumer.pipeline_results import PipelineResults
from entrypoints.reading.json_body import read_json
from entrypoints.reading.pipeline_report import CallbackBody, command_of
from tests.application.uploads import photos
from tests.application.world import World
from tests.builders import IDS
from tests.entrypoints.consumer.deliveries import cloud_event, delivered

REPORTED = "vitrine.pipeline.reported"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world(provider=Provider.EXTERNAL)


@pytest.fixture
def handle(world: World) -> PipelineResults:
    return PipelineResults(apply_callback=world.apply_callback, telemetry=world.telemetry, log=world.log)


async def requested(world: World) -> BatchId:
    await world.open_listing()
    return await world.receive(photos("one", "two"))


async def report_on(world: World, batch_id: BatchId, **changes: Any) -> dict[str, Any]:
    """A report that every file was processed, and the objects that it names."""
    [job] = await world.jobs(batch_id)
    outputs = []
    for asset in await world.assets(batch_id):
        key = f"{world.listing.id}/processed/photo/large/{asset.id}.1.jpg"
        world.bucket.write(key, b"jpeg", content_type="image/jpeg", checksum=None)
        outputs.append({"assetId": str(asset.id), "processedKey": key})
    archive = f"{world.listing.id}/processed/zip/{batch_id}.1.zip"
    world.bucket.write(archive, b"zip", content_type="application/zip", checksum=None)
    return {
        "jobId": str(job.id),
        "attempt": 1,
        "status": "SUCCEEDED",
        "outputs": outputs,
        "zip": {"key": archive},
        **changes,
    }


async def test_a_report_ends_the_run(world: World, handle: PipelineResults) -> None:
    batch_id = await requested(world)

    assert await handle(cloud_event(REPORTED, await report_on(world, batch_id))) is Outcome.APPLIED

    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert world.telemetry.of("callback_refused") == []


async def test_the_same_message_again_is_no_refusal(world: World, handle: PipelineResults) -> None:
    batch_id = await requested(world)
    running = cloud_event(REPORTED, await report_on(world, batch_id, status="RUNNING", outputs=[], zip=None))

    assert [await handle(running), await handle(running)] == [Outcome.APPLIED, Outcome.IGNORED]

    assert world.telemetry.of("callback_refused") == []


@pytest.mark.parametrize("http_first", [True, False])
async def test_over_http_and_by_message_it_counts_once(world: World, handle: PipelineResults, http_first: bool) -> None:
    batch_id = await requested(world)
    report = await report_on(world, batch_id)
    [body] = [read_json(cloud_event(REPORTED, report).body, CallbackBody)]

    if http_first:
        await world.apply_callback(command_of(body, delivery_id="msg_1"))
        assert await handle(cloud_event(REPORTED, report)) is Outcome.IGNORED
        assert world.telemetry.of("callback_refused") == [None]
        assert "pipeline.report_outdated" in world.log.events
    else:
        assert await handle(cloud_event(REPORTED, report)) is Outcome.APPLIED
        with pytest.raises(CallbackOutdated):
            await world.apply_callback(command_of(body, delivery_id="msg_1"))

    [job] = await world.jobs(batch_id)
    assert (job.status, job.done, job.failed) == (JobStatus.SUCCEEDED, 2, 0)


async def test_a_late_report_is_ignored_and_counted(world: World, handle: PipelineResults) -> None:
    batch_id = await requested(world)
    report = await report_on(world, batch_id)
    await handle(cloud_event(REPORTED, report))
    await world.retry_again(batch_id)

    assert await handle(cloud_event(REPORTED, report)) is Outcome.IGNORED

    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING
    assert world.telemetry.of("callback_refused") == [None]


async def test_a_job_that_nobody_knows_may_yet_be_found(world: World, handle: PipelineResults) -> None:
    report = await report_on(world, await requested(world))

    with pytest.raises(JobNotFound):
        await handle(cloud_event(REPORTED, report | {"jobId": str(IDS.new())}))


async def test_keys_of_others_are_refused_whoever_may_publish(world: World, handle: PipelineResults) -> None:
    batch_id = await requested(world)
    report = await report_on(world, batch_id)
    report["outputs"][1]["processedKey"] = f"{IDS.new()}/processed/x"

    with pytest.raises(Rejected) as refused:
        await handle(cloud_event(REPORTED, report))

    assert [violation.code for violation in refused.value.violations] == ["FOREIGN_KEY"]
    assert (await world.batch(batch_id)).status is BatchStatus.RECEIVED
    assert world.telemetry.of("callback_refused") == [None]


async def test_every_violation_is_named_and_the_refusal_counted(world: World, handle: PipelineResults) -> None:
    with pytest.raises(Rejected) as refused:
        await handle(cloud_event(REPORTED, {"jobId": "7", "attempt": 0, "outputs": [{"assetID": "7"}]}))

    assert {(violation.pointer, violation.code) for violation in refused.value.violations} == {
        ("/jobId", "FORMAT"),
        ("/attempt", "RANGE"),
        ("/status", "MISSING_FIELD"),
        ("/outputs/0/assetId", "MISSING_FIELD"),
        ("/outputs/0/assetID", "UNKNOWN_FIELD"),
    }
    for broken in (cloud_event(REPORTED, b"{"), delivered({})):
        with pytest.raises(Rejected):
            await handle(broken)
    assert len(world.telemetry.of("callback_refused")) == 3


async def test_events_of_others_on_the_topic_are_left_alone(world: World, handle: PipelineResults) -> None:
    assert await handle(cloud_event("pipeline.frame.rendered", b"\xff")) is Outcome.IGNORED
    assert world.telemetry.of("callback_refused") == []


async def test_what_is_no_cloud_event_is_refused(handle: PipelineResults) -> None:
    with pytest.raises(NotACloudEvent):
        await handle(delivered({}))
