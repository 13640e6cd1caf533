"""Work that got stuck comes back: from workers that vanished, and from pointers that were lost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode
from domain.batches.batch import BatchStatus
from domain.ids import BatchId, TaskId
from domain.jobs.job import JobStatus
from domain.jobs.task import Task, TaskStatus
from tests.application.uploads import photos
from tests.application.world import World


async def vanish(world: World, task_id: TaskId) -> None:
    """A worker claims the task and is never heard of again."""
    assert await world.claim_task(task_id, worker="doomed") is not None
    world.clock.advance(world.lease.duration)


async def vanish_every_time(world: World, task_id: TaskId) -> None:
    for _ in range(world.retry.max_attempts):
        world.clock.advance(world.retry.longest_delay)
        await vanish(world, task_id)
        await world.recover_tasks()


async def tasks(world: World, batch_id: BatchId) -> list[Task]:
    (job,) = await world.jobs(batch_id)
    return await world.tasks(job)


async def test_a_vanished_workers_task_is_tried_again(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    await vanish(world, pointer)

    assert await world.recover_tasks() == 1

    (task,) = await tasks(world, batch_id)
    assert (task.status, task.attempt) == (TaskStatus.PENDING, 1)
    assert task.failure is not None
    assert task.failure.code is FailureCode.TIMEOUT
    assert await world.pointers() == []
    world.clock.advance(timedelta(seconds=2))
    assert await world.pointers() == [pointer]
    await world.work_on_task(pointer, worker="another")
    await world.work()
    assert (await world.batch(batch_id)).status is BatchStatus.READY


async def test_a_lease_that_holds_is_left_alone(world: World) -> None:
    await world.open_listing()
    await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    assert await world.claim_task(pointer, worker="worker") is not None
    world.clock.advance(world.lease.duration - timedelta(microseconds=1))
    assert await world.recover_tasks() == 0


async def test_after_the_last_attempt_the_file_fails_and_the_others_go_on(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    doomed, sound = await world.pointers()
    await vanish_every_time(world, doomed)
    await world.work_on_task(sound, worker="worker")
    await world.work()

    (job,) = await world.jobs(batch_id)
    assert (job.status, job.done, job.failed) == (JobStatus.PARTIAL_SUCCESS, 1, 1)
    batch = await world.batch(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.TIMEOUT)
    assert sorted(asset.status for asset in await world.assets(batch_id)) == [
        AssetStatus.FAILED,
        AssetStatus.PROCESSED,
    ]
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]
    assert await world.recover_tasks() == 0


@pytest.mark.parametrize("seed", range(6))
async def test_a_file_that_dies_and_one_that_ends_at_once_are_both_counted(
    make_world: Callable[..., World], seed: int
) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    doomed, sound = await world.pointers()
    for _ in range(world.retry.max_attempts - 1):
        await vanish(world, doomed)
        await world.recover_tasks()
        world.clock.advance(world.retry.longest_delay)
    await vanish(world, doomed)

    await asyncio.gather(world.work_on_task(sound, worker="worker"), world.recover_tasks())

    (job,) = await world.jobs(batch_id)
    assert (job.done, job.failed) == (1, 1)
    await world.work()
    assert (await world.batch(batch_id)).status is BatchStatus.FAILED


async def test_an_archive_that_nobody_lives_to_finish_ends_the_batch(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    await world.work_on_task(pointer, worker="worker")
    (archive,) = await world.pointers()
    await vanish_every_time(world, archive)

    batch, (job,) = await world.batch(batch_id), await world.jobs(batch_id)
    assert (batch.status, batch.failure_code) == (BatchStatus.FAILED, FailureCode.TIMEOUT)
    assert (job.status, job.done, job.failed) == (JobStatus.FAILED, 1, 0)
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PROCESSED
    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.archive.v1"]
    assert world.telemetry.of("batch_failed") == [FailureCode.TIMEOUT]


@pytest.mark.parametrize("seed", range(6))
async def test_many_sweepers_at_once_count_a_dead_task_once(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    pointers = await world.pointers()
    for _ in range(world.retry.max_attempts):
        world.clock.advance(world.retry.longest_delay)
        for pointer in pointers:
            assert await world.claim_task(pointer, worker="doomed") is not None
        world.clock.advance(world.lease.duration)
        await asyncio.gather(*[world.recover_tasks() for _ in range(4)])

    (job,) = await world.jobs(batch_id)
    assert (job.done, job.failed) == (0, 2)
    assert len(await world.tasks(job)) == 3
    assert len(world.telemetry.of("dead_lettered")) == 2


@pytest.mark.parametrize("seed", range(6))
async def test_a_sweeper_and_a_late_worker_never_both_win(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    for _ in range(world.retry.max_attempts - 1):
        await vanish(world, pointer)
        await world.recover_tasks()
        world.clock.advance(world.retry.longest_delay)

    async def stall(body: bytes) -> None:
        world.clock.advance(world.lease.duration - timedelta(microseconds=1))

    async def sweep() -> None:
        for _ in range(30):
            await asyncio.sleep(0)
        world.clock.advance(timedelta(microseconds=1))
        await world.recover_tasks()

    world.processor.before = stall
    await asyncio.gather(world.work_on_task(pointer, worker="late"), sweep())
    await world.recover_tasks()

    (job,) = await world.jobs(batch_id)
    (asset,) = await world.assets(batch_id)
    assert job.done + job.failed == 1
    assert (asset.status is AssetStatus.PROCESSED) == (job.done == 1)


async def test_a_batch_is_received_for_ever_by_no_accident(world: World) -> None:
    """The worker dies between its claim and the start of the job: the end of the run does not depend on that start."""
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    async with world.begin() as tx:
        assert await tx.leases.claim(pointer, worker="dies", lease=world.lease.duration, now=world.now)
        await tx.commit()
    world.clock.advance(world.lease.duration)
    await world.recover_tasks()
    await world.work_through_retries()
    assert (await world.batch(batch_id)).status is BatchStatus.READY
