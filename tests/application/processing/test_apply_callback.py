"""What an external pipeline reports: believed as far as its job, its files and the store bear it out."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from application.processing.apply_callback import CallbackOutdated, CallbackReplayed, JobNotFound
from application.processing.pipeline_report import ApplyCallbackCommand, ReportedOutput, ReportedStatus
from domain.assets.asset import Asset, AssetStatus
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import RenditionName
from domain.batches.batch import BatchStatus
from domain.errors import Rejected
from domain.ids import AssetId, BatchId, JobId
from domain.jobs.job import JobStatus, Provider
from domain.listings.listing import ListingStatus
from tests.application.uploads import photos
from tests.application.world import World
from tests.builders import IDS


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world(provider=Provider.EXTERNAL)


async def requested(world: World, *names: str) -> BatchId:
    await world.open_listing()
    return await world.receive(photos(*names))


def put(world: World, name: str, listing_id: object | None = None) -> str:
    """An object that the pipeline has written."""
    key = f"{listing_id or world.listing.id}/processed/external/{name}"
    world.bucket.write(key, name.encode(), content_type="image/jpeg", checksum=None)
    return key


def output(world: World, asset: Asset, run: int = 1) -> ReportedOutput:
    name = f"{asset.client_id}.{run}"
    return ReportedOutput(
        asset_id=asset.id,
        processed_key=put(world, f"{name}-large"),
        thumbnail_key=put(world, f"{name}-thumbnail"),
        renditions={"medium": put(world, f"{name}-medium")},
    )


async def report(world: World, batch_id: BatchId, *outputs: ReportedOutput, **changes: Any) -> None:
    """A sound report on the latest run, with some fields changed."""
    *_, job = await world.jobs(batch_id)
    command = ApplyCallbackCommand(
        delivery_id=str(IDS.new()),
        job_id=job.id,
        attempt=job.attempt,
        status=ReportedStatus.SUCCEEDED,
        outputs=outputs,
    )
    await world.apply_callback(replace(command, **changes))


async def test_a_run_is_asked_for_by_an_event_and_has_no_tasks(world: World) -> None:
    batch_id = await requested(world, "one")
    assert await world.pointers() == []
    (job,) = await world.jobs(batch_id)
    assert await world.tasks(job) == []
    (request,) = world.publisher.of("vitrine.job.requested")
    payload = json.loads(request.payload)
    assert (payload["jobId"], payload["attempt"], payload["provider"]) == (str(job.id), 1, "EXTERNAL")
    assert payload["outputPrefix"] == f"{world.listing.id}/processed/"
    (asset,) = await world.assets(batch_id)
    assert payload["files"] == [
        {
            "assetId": str(asset.id),
            "key": asset.key,
            "mediaType": asset.media_type,
            "contentType": asset.content_type,
            "size": asset.size,
            "checksum": str(asset.checksum),
        }
    ]


async def test_success_makes_everything_ready(world: World) -> None:
    batch_id = await requested(world, "one", "two")
    outputs = [output(world, asset) for asset in await world.assets(batch_id)]
    await report(world, batch_id, *outputs, archive_key=put(world, "all.zip"))

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, job.status, job.done, job.failed) == (BatchStatus.READY, JobStatus.SUCCEEDED, 2, 0)
    assert batch.archive is not None
    assert (batch.archive.size, batch.archive.extracted_size) == (len("all.zip"), batch.total_bytes)
    for asset in await world.assets(batch_id):
        assert asset.status is AssetStatus.PROCESSED
        assert {rendition.name for rendition in asset.renditions} == {
            RenditionName.LARGE,
            RenditionName.THUMBNAIL,
            RenditionName.MEDIUM,
        }
    assert (await world.current_listing()).status is ListingStatus.PENDING_OWNER_APPROVAL


async def test_running_only_says_that_it_has_begun(world: World) -> None:
    batch_id = await requested(world, "one")
    for _ in range(2):
        await report(world, batch_id, status=ReportedStatus.RUNNING)
        batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
        assert (batch.status, job.status) == (BatchStatus.PROCESSING, JobStatus.RUNNING)
    assert {asset.status for asset in await world.assets(batch_id)} == {AssetStatus.RECEIVED}


async def test_files_fail_each_with_its_own_code(world: World) -> None:
    batch_id = await requested(world, "one", "two", "three")
    one, two, three = await world.assets(batch_id)
    bad = ReportedOutput(asset_id=two.id, error_code="UNREADABLE_MEDIA")
    odd = ReportedOutput(asset_id=three.id, error_code="FLUX_CAPACITOR_EMPTY")
    await report(world, batch_id, output(world, one), bad, odd, status=ReportedStatus.PARTIAL_SUCCESS)

    codes = [asset.failure and asset.failure.code for asset in await world.assets(batch_id)]
    assert codes == [None, FailureCode.UNREADABLE_MEDIA, FailureCode.TRANSCODE_FAILED]
    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, job.status, job.done, job.failed) == (BatchStatus.FAILED, JobStatus.PARTIAL_SUCCESS, 1, 2)


async def test_files_that_a_final_report_does_not_mention_fail_and_stay(world: World) -> None:
    batch_id = await requested(world, "one", "two")
    one, two = await world.assets(batch_id)
    await report(world, batch_id, output(world, one))
    assert [asset.status for asset in await world.assets(batch_id)] == [AssetStatus.PROCESSED, AssetStatus.FAILED]
    assert two.key in world.bucket.objects


async def test_files_that_are_ready_and_not_mentioned_stay_untouched(world: World) -> None:
    batch_id = await requested(world, "one", "two")
    one, two = await world.assets(batch_id)
    bad = ReportedOutput(asset_id=two.id, error_code="UNREADABLE_MEDIA")
    await report(world, batch_id, output(world, one), bad, archive_key=put(world, "first.zip"))
    kept = await world.asset(batch_id, "one")
    await world.retry_again(batch_id)
    await report(world, batch_id, output(world, two, run=2), archive_key=put(world, "second.zip"))
    assert await world.asset(batch_id, "one") == replace_version(kept, await world.asset(batch_id, "one"))
    assert (await world.batch(batch_id)).status is BatchStatus.READY


def replace_version(asset: Asset, like: Asset) -> Asset:
    asset.version = like.version
    return asset


async def test_a_whole_run_may_fail(world: World) -> None:
    batch_id = await requested(world, "one")
    await report(world, batch_id, status=ReportedStatus.FAILED, error_code="TIMEOUT", error_detail="too slow")
    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.TIMEOUT)
    assert (job.status, job.error_code) == (JobStatus.FAILED, FailureCode.TIMEOUT)
    (asset,) = await world.assets(batch_id)
    assert asset.failure == Failure(code=FailureCode.TIMEOUT, detail="too slow")


@pytest.mark.parametrize(
    "key",
    [
        "{other}/processed/external/x",
        "{ours}/raw/photo/vertical/x",
        "{ours}/processed/../raw/x",
        "{ours}/processed//x",
        "{ours}/processed/./x",
        "{ours}/processed/",
        "{ours}",
        "",
        "/{ours}/processed/x",
    ],
)
async def test_keys_outside_the_listing_are_refused(world: World, key: str) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    foreign = key.format(ours=world.listing.id, other=IDS.new())
    world.bucket.write(foreign, b"x", content_type="image/jpeg", checksum=None)
    good = output(world, asset)
    for bad in (
        {"outputs": [replace(good, processed_key=foreign)]},
        {"outputs": [replace(good, thumbnail_key=foreign)]},
        {"outputs": [replace(good, renditions={"small": foreign})]},
        {"outputs": [good], "archive_key": foreign},
    ):
        with pytest.raises(Rejected) as refused:
            await report(world, batch_id, **bad)
        assert {violation.code for violation in refused.value.violations} == {"FOREIGN_KEY"}
    assert (await world.batch(batch_id)).status is BatchStatus.RECEIVED


async def test_every_violation_is_named(world: World) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    outputs = [
        ReportedOutput(asset_id=AssetId(IDS.new()), error_code="TIMEOUT"),
        ReportedOutput(asset_id=asset.id),
        ReportedOutput(asset_id=asset.id, renditions={"giant": put(world, "giant")}),
    ]
    with pytest.raises(Rejected) as refused:
        await report(world, batch_id, *outputs)
    assert {(violation.pointer, violation.code) for violation in refused.value.violations} == {
        ("/outputs/0/assetId", "UNKNOWN_ASSET"),
        ("/outputs/1", "EMPTY_OUTPUT"),
        ("/outputs/2/renditions/giant", "UNKNOWN_RENDITION"),
        ("/outputs/2/assetId", "DUPLICATE_ASSET"),
    }


async def test_success_without_an_archive_is_no_success(world: World) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    await report(world, batch_id, output(world, asset))
    batch = await world.batch(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.ZIP_FAILED)
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PROCESSED
    assert (await world.current_listing()).status is ListingStatus.PENDING_PHOTO_PROCESSING


async def test_objects_that_do_not_exist_are_refused_and_can_be_reported_again(world: World) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    good = output(world, asset)
    lost = world.bucket.objects.pop(good.thumbnail_key or "")
    with pytest.raises(Rejected) as refused:
        await report(world, batch_id, good, delivery_id="delivery")
    assert [(v.pointer, v.code) for v in refused.value.violations] == [("/outputs/0", "OBJECT_NOT_FOUND")]
    world.bucket.objects[lost.described.key] = lost
    await report(world, batch_id, good, delivery_id="delivery", archive_key=put(world, "all.zip"))
    assert (await world.batch(batch_id)).status is BatchStatus.READY


async def test_a_delivery_is_applied_once(world: World) -> None:
    batch_id = await requested(world, "one")
    await report(world, batch_id, status=ReportedStatus.RUNNING, delivery_id="delivery")
    with pytest.raises(CallbackReplayed):
        await report(world, batch_id, delivery_id="delivery")


@pytest.mark.parametrize("seed", range(6))
async def test_of_two_final_reports_at_once_one_counts(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(provider=Provider.EXTERNAL, interleaved=seed)
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    good = output(world, asset)
    answers = await asyncio.gather(
        report(world, batch_id, good, archive_key=put(world, "all.zip")),
        report(world, batch_id, status=ReportedStatus.FAILED, error_code="TIMEOUT"),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, CallbackOutdated) for answer in answers) == 1
    (job,) = await world.jobs(batch_id)
    assert job.done + job.failed == 1


async def test_reports_on_another_attempt_or_an_ended_run_are_outdated(world: World) -> None:
    batch_id = await requested(world, "one")
    (asset,) = await world.assets(batch_id)
    for attempt in (0, 2):
        with pytest.raises(CallbackOutdated):
            await report(world, batch_id, output(world, asset), attempt=attempt)
    await report(world, batch_id, output(world, asset), archive_key=put(world, "all.zip"))
    (first,) = await world.jobs(batch_id)
    with pytest.raises(CallbackOutdated):
        await report(world, batch_id, output(world, asset))
    await world.retry_again(batch_id)
    with pytest.raises(CallbackOutdated):
        await report(world, batch_id, output(world, asset), job_id=first.id, attempt=1)
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING


async def test_only_jobs_of_an_external_pipeline_are_reported_on(make_world: Callable[..., World]) -> None:
    world = make_world(provider=Provider.INTERNAL)
    batch_id = await requested(world, "one")
    with pytest.raises(JobNotFound):
        await report(world, batch_id)
    with pytest.raises(JobNotFound):
        await report(world, batch_id, job_id=JobId(IDS.new()))
