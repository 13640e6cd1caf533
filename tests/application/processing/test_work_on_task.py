"""From RECEIVED to READY, with a processor that does as the test says."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode, MediaRejected
from domain.batches.batch import BatchStatus
from domain.errors import ConcurrentUpdate, Unavailable
from domain.ids import BatchId
from domain.jobs.job import JobStatus
from domain.jobs.task import TaskStatus
from domain.listings.listing import ListingStatus
from tests.application.uploads import photos, video
from tests.application.world import World
from tests.builders import image_renditions

Behaviour = Callable[[bytes], Awaitable[None]]


def raising(*errors: Exception, about: bytes = b"") -> Behaviour:
    """Raise these one after the other for files that contain `about`, and then nothing more."""
    left = list(errors)

    async def behave(body: bytes) -> None:
        if about in body and left:
            raise left.pop(0)

    return behave


def rejected(code: FailureCode) -> MediaRejected:
    return MediaRejected(code, "the test says so")


def archived(world: World, key: str) -> dict[str, bytes]:
    with ZipFile(BytesIO(world.bucket.objects[key].data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def statuses(world: World, batch_id: BatchId) -> dict[str, AssetStatus]:
    return {asset.client_id: asset.status for asset in await world.assets(batch_id)}


async def test_a_batch_becomes_ready(world: World) -> None:
    await world.open_listing()
    files = [*photos("one", "two"), video()]
    batch_id = await world.receive(files)
    received = world.now
    world.clock.advance(timedelta(seconds=7))

    await world.work()

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code, batch.settled_at) == (BatchStatus.READY, None, world.now)
    assert (job.status, job.done, job.failed) == (JobStatus.SUCCEEDED, 3, 0)
    assert {task.status for task in await world.tasks(job)} == {TaskStatus.DONE}
    assert batch.archive is not None
    assert archived(world, batch.archive.key) == {
        "photo/vertical/001-one.jpg": files[0].body,
        "photo/vertical/002-two.jpg": files[1].body,
        "video/horizontal/001-film.mp4": files[2].body,
    }
    assert batch.archive.extracted_size == sum(len(file.body) for file in files)
    assert world.telemetry.of("batch_ready") == [world.now - received]
    assert (await world.current_listing()).status is ListingStatus.PENDING_OWNER_APPROVAL
    assert {message.type for message in world.publisher.messages[-3:]} == {
        "vitrine.batch.ready",
        "vitrine.job.finished",
        "vitrine.listing.awaits-approval",
    }


async def test_every_rendition_is_in_the_store_with_its_checksum(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    for asset in await world.assets(batch_id):
        assert asset.status is AssetStatus.PROCESSED
        assert [rendition.key for rendition in asset.renditions] == [r.key for r in image_renditions(asset)]
        for rendition in asset.renditions:
            stored = world.bucket.objects[rendition.key].described
            assert (rendition.size, rendition.checksum) == (stored.size, stored.checksum)


async def test_a_pointer_may_come_any_number_of_times(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    pointers = await world.pointers()
    for pointer in [*pointers, *pointers, *pointers]:
        await world.work_on_task(pointer, worker="worker")
    await world.work()
    (job,) = await world.jobs(batch_id)
    assert (job.done, job.total) == (2, 2)
    assert len(await world.tasks(job)) == 3


@pytest.mark.parametrize("seed", range(6))
async def test_many_workers_at_once_end_each_file_once(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive(photos(*"abcdef"))
    world.processor.before = raising(rejected(FailureCode.UNREADABLE_MEDIA), about=b"c")
    while pointers := await world.pointers():
        await asyncio.gather(*[world.work_on_task(p, worker=str(n)) for p in pointers for n in range(2)])
    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (job.done, job.failed, job.status) == (5, 1, JobStatus.PARTIAL_SUCCESS)
    assert len(await world.tasks(job)) == 7
    assert batch.status is BatchStatus.FAILED


async def test_one_bad_file_does_not_spoil_the_others(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    world.processor.before = raising(rejected(FailureCode.PIXEL_LIMIT_EXCEEDED), about=b"two")

    await world.work()

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.PIXEL_LIMIT_EXCEEDED)
    assert job.status is JobStatus.PARTIAL_SUCCESS
    assert await statuses(world, batch_id) == {"one": AssetStatus.PROCESSED, "two": AssetStatus.FAILED}
    assert batch.archive is not None
    assert list(archived(world, batch.archive.key)) == ["photo/vertical/001-one.jpg"]
    assert world.telemetry.of("batch_failed") == [FailureCode.PIXEL_LIMIT_EXCEEDED]
    assert world.telemetry.of("dead_lettered") == []
    assert (await world.current_listing()).status is ListingStatus.PENDING_PHOTO_PROCESSING


async def test_when_every_file_is_bad_there_is_no_archive(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    bad = rejected(FailureCode.UNREADABLE_MEDIA)
    world.processor.before = raising(bad, bad)
    await world.work()
    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code, batch.archive) == (
        BatchStatus.FAILED,
        FailureCode.UNREADABLE_MEDIA,
        None,
    )
    assert (job.status, job.failed) == (JobStatus.FAILED, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"data": b"\xff\xd8\xffEVIL"}, FailureCode.CHECKSUM_MISMATCH),
        ({"data": b"\xff\xd8\xffshort"}, FailureCode.SIZE_MISMATCH),
        ({"data": None}, FailureCode.NOT_UPLOADED),
    ],
)
async def test_what_changed_in_the_store_since_is_found_out(
    world: World, change: dict[str, bytes | None], code: FailureCode
) -> None:
    await world.open_listing()
    batch_id = await world.receive([*photos("EVEN")])
    (asset,) = await world.assets(batch_id)
    del world.bucket.objects[asset.key]
    if data := change["data"]:
        world.bucket.write(asset.key, data, content_type="image/jpeg", checksum=None)
    await world.work()
    (asset,) = await world.assets(batch_id)
    assert asset.failure is not None
    assert asset.failure.code is code


async def test_a_file_that_is_not_what_it_says_never_reaches_a_decoder(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive([photos("png")[0].saying(content_type="image/png")])

    async def unreachable(body: bytes) -> None:
        raise AssertionError(body)

    world.processor.before = unreachable
    await world.work()
    (asset,) = await world.assets(batch_id)
    assert asset.failure is not None
    assert asset.failure.code is FailureCode.CONTENT_TYPE_MISMATCH


@pytest.mark.parametrize(
    "error", [rejected(FailureCode.DECODER_CRASHED), Unavailable("the store is away"), ZeroDivisionError("a defect")]
)
async def test_what_may_pass_is_tried_again_later(world: World, error: Exception) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    world.processor.before = raising(error)
    await world.work()
    (job,) = await world.jobs(batch_id)
    (task,) = await world.tasks(job)
    assert (task.status, task.available_at) == (TaskStatus.PENDING, world.now + timedelta(seconds=2))
    assert await world.pointers() == []
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING

    world.clock.advance(timedelta(seconds=2))
    await world.work()

    (asset,) = await world.assets(batch_id)
    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert {rendition.key for rendition in asset.renditions} == {
        rendition.key for rendition in image_renditions(asset, fence="1-2")
    }
    assert ("task.defect" in world.log.events) == isinstance(error, ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (rejected(FailureCode.TIMEOUT), FailureCode.TIMEOUT),
        (ZeroDivisionError("a defect"), FailureCode.INTERNAL_ERROR),
    ],
)
async def test_after_the_last_attempt_the_task_is_dead(world: World, error: Exception, code: FailureCode) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    world.processor.before = raising(*[error] * 3, about=b"two")

    await world.work_through_retries()

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code, job.failed) == (BatchStatus.FAILED, code, 1)
    (dead,) = [task for task in await world.tasks(job) if task.status is TaskStatus.DEAD]
    assert dead.attempt == 3
    assert dead.failure is not None
    assert dead.failure.code is code
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]
    (letter,) = world.publisher.of("vitrine.task.died")
    assert letter.topic == "vitrine.tasks.image.v1.dlq"
    assert await statuses(world, batch_id) == {"one": AssetStatus.PROCESSED, "two": AssetStatus.FAILED}


async def test_an_outage_is_waited_for_and_costs_no_attempt(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    world.processor.before = raising(*[Unavailable("the store is away")] * 10, about=b"two")

    await world.work_through_retries()

    assert (await world.batch(batch_id)).status is BatchStatus.READY
    assert world.telemetry.of("dead_lettered") == []


async def test_an_outage_without_end_ends_in_a_dead_task(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    world.processor.before = raising(*[Unavailable("the store is away")] * 1000, about=b"two")

    await world.work_through_retries()
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING
    world.clock.advance(world.retry.outage_patience)
    await world.work_through_retries()

    batch = await world.batch(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.INTERNAL_ERROR)
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]


async def test_a_result_survives_a_database_that_is_away_for_a_moment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    finish = world.finish_task.__class__.__call__
    refusals = [ConcurrentUpdate("the rows have changed"), Unavailable("the database is away")]

    async def finish_at_the_third_try(*arguments: Any, **options: Any) -> None:
        if refusals:
            raise refusals.pop()
        await finish(*arguments, **options)

    monkeypatch.setattr(world.finish_task.__class__, "__call__", finish_at_the_third_try)
    await world.work_on_task(pointer, worker="worker")

    assert await statuses(world, batch_id) == {"one": AssetStatus.PROCESSED}
    (job,) = await world.jobs(batch_id)
    assert [task.attempt for task in await world.tasks(job) if task.work.ids["asset_id"]] == [1]


async def test_an_archive_that_cannot_be_written_fails_the_batch_and_keeps_the_files(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    original = await world.asset(batch_id, "one")
    lost = world.bucket.objects.pop(original.key)

    await world.work_through_retries()

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code, batch.archive) == (BatchStatus.FAILED, FailureCode.ZIP_FAILED, None)
    assert (job.status, job.done, job.failed) == (JobStatus.FAILED, 2, 0)
    assert set((await statuses(world, batch_id)).values()) == {AssetStatus.PROCESSED}
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.archive.v1"]
    assert not world.bucket.uploads

    world.bucket.objects[original.key] = lost
    assert (await world.retry_again(batch_id)).total == 0
    await world.work()
    assert (await world.batch(batch_id)).status is BatchStatus.READY
