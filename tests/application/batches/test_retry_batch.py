"""Processing again: what failed, or all; what was ready stays until the new version is."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest

from application.batches.query_downloads import Downloads, DownloadsQuery
from application.batches.retry_batch import RetryBatchCommand
from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode, MediaRejected
from domain.batches.batch import BatchStatus
from domain.batches.errors import BatchNotRetryable
from domain.errors import NotPermitted
from domain.ids import BatchId
from domain.jobs.job import Job, JobStatus
from domain.principal import Role
from tests.application.uploads import photos
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import OWNER


def reject(world: World, *names: str) -> None:
    async def before(body: bytes) -> None:
        if any(body.endswith(name.encode()) for name in names):
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "the test says so")

    world.processor.before = before


def packed(world: World, key: str) -> list[str]:
    with ZipFile(BytesIO(world.bucket.objects[key].data)) as archive:
        return [name.rpartition("-")[2] for name in archive.namelist()]


async def downloads(world: World, batch_id: BatchId) -> Downloads:
    found = await world.query_downloads(
        DownloadsQuery(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=world.listing.id, batch_id=batch_id)
    )
    assert found is not None
    return found


async def test_after_a_failure_only_the_failed_files_are_taken(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two", "three"))
    reject(world, "two")
    await world.work()
    kept = (await world.asset(batch_id, "one")).renditions
    reject(world)

    job = await world.retry_again(batch_id)

    assert (job.attempt, job.total) == (2, 1)
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING
    await world.work()
    batch = await world.batch(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.READY, None)
    assert (await world.asset(batch_id, "one")).renditions == kept
    assert {task.work.ids["asset_id"] for task in await world.tasks(job)} == {
        (await world.asset(batch_id, "two")).id,
        None,
    }
    assert batch.archive is not None
    assert packed(world, batch.archive.key) == ["one.jpg", "two.jpg", "three.jpg"]
    assert [job.status for job in await world.jobs(batch_id)] == [JobStatus.PARTIAL_SUCCESS, JobStatus.SUCCEEDED]
    assert world.telemetry.of("reprocess_requested") == [None]


async def test_after_success_all_are_made_again_under_new_keys(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    before, old = await world.assets(batch_id), await world.batch(batch_id)

    assert (await world.retry_again(batch_id)).total == 2
    await world.work()

    after, new = await world.assets(batch_id), await world.batch(batch_id)
    old_keys = {rendition.key for asset in before for rendition in asset.renditions}
    new_keys = {rendition.key for asset in after for rendition in asset.renditions}
    assert old_keys.isdisjoint(new_keys)
    assert old.archive is not None
    assert new.archive is not None
    assert old.archive.key != new.archive.key
    assert old_keys | {old.archive.key} <= world.bucket.objects.keys()


async def test_the_old_version_stays_while_the_new_one_is_made(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    before = await downloads(world, batch_id)
    await world.retry_again(batch_id)
    for pointer in await world.pointers():
        assert await world.claim_task(pointer, worker="worker") is not None

    during = await downloads(world, batch_id)

    assert {asset.status for asset in await world.assets(batch_id)} == {AssetStatus.PROCESSING}
    assert during.archive == before.archive
    assert [group.items[0].urls for group in during.groups] == [group.items[0].urls for group in before.groups]


async def test_the_old_version_stays_when_the_new_run_fails(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    before = await downloads(world, batch_id)
    await world.retry_again(batch_id)
    reject(world, "two")
    await world.work()

    after = await downloads(world, batch_id)

    assert (await world.batch(batch_id)).status is BatchStatus.FAILED
    assert after.archive == before.archive
    (group,) = after.groups
    one, two = group.items
    assert two.failure is not None
    assert two.failure.code is FailureCode.UNREADABLE_MEDIA
    assert two.urls == before.groups[0].items[1].urls
    assert (one.failure, one.urls != before.groups[0].items[0].urls) == (None, True)


async def test_a_second_failure_keeps_the_fuller_archive(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two", "three"))
    reject(world, "one", "two")
    await world.work()
    reject(world, "two")
    await world.retry_again(batch_id)
    await world.work()
    batch = await world.batch(batch_id)
    assert batch.status is BatchStatus.FAILED
    assert batch.archive is not None
    assert packed(world, batch.archive.key) == ["one.jpg", "three.jpg"]


@pytest.mark.parametrize("seed", range(6))
async def test_of_two_retries_at_once_one_succeeds(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    answers = await asyncio.gather(*[world.retry_again(batch_id) for _ in range(3)], return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, BatchNotRetryable) for answer in answers) == 2
    assert len(await world.jobs(batch_id)) == 2


async def test_what_is_under_way_cannot_be_retried(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"), reference="announced only")
    received = await world.receive()
    for batch_id in (opened.batch.id, received):
        with pytest.raises(BatchNotRetryable):
            await world.retry_again(batch_id)


async def test_what_never_arrived_cannot_be_retried(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one"))
    world.clock.advance(world.limits.upload_window)
    await world.expire_uploads()
    with pytest.raises(BatchNotRetryable):
        await world.retry_again(opened.batch.id)


async def test_admins_may_and_owners_may_not(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    await world.work()
    for who, may in ((OWNER_PRINCIPAL, False), (principal(OWNER, Role.ADMIN), True)):
        command = RetryBatchCommand(principal=who, listing_id=world.listing.id, batch_id=batch_id)
        if may:
            assert (await world.retry_batch(command)).attempt == 2
        else:
            with pytest.raises(NotPermitted):
                await world.retry_batch(command)
