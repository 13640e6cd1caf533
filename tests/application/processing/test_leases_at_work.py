"""One result of a task counts: not those of workers that are late, were replaced, or were told to stop."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from application.processing.lease_keeper import LeasePolicy
from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from domain.jobs.job import JobStatus
from domain.jobs.task import LeaseLost, TaskStatus
from tests.application.uploads import photos
from tests.application.world import World
from tests.builders import image_renditions


async def nothing(body: bytes) -> None:
    """The processor goes on as usual."""


async def test_a_late_result_is_refused(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()

    async def stall(body: bytes) -> None:
        world.clock.advance(world.lease.duration)

    world.processor.before = stall
    await world.work_on_task(pointer, worker="slow")

    assert "task.lease_lost" in world.log.events
    (job,) = await world.jobs(batch_id)
    assert (job.done, job.failed) == (0, 0)
    (asset,) = await world.assets(batch_id)
    assert (asset.status, asset.renditions) == (AssetStatus.PROCESSING, ())


async def test_a_late_archive_is_refused(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    for pointer in await world.pointers():
        await world.work_on_task(pointer, worker="worker")
    (pointer,) = await world.pointers()
    claimed = await world.claim_task(pointer, worker="slow")
    assert claimed is not None
    world.clock.advance(world.lease.duration)
    with pytest.raises(LeaseLost):
        await world.finish_task(claimed.task, None)
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING


async def test_a_worker_that_was_replaced_changes_nothing(world: World) -> None:
    """The slow one wakes up while the second is at work, and ends before it."""
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    first_is_replaced, second_is_at_work, first_has_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def first(body: bytes) -> None:
        world.clock.advance(world.lease.duration)
        await world.recover_tasks()
        world.clock.advance(timedelta(seconds=2))
        world.processor.before = second
        first_is_replaced.set()
        await second_is_at_work.wait()

    async def second(body: bytes) -> None:
        second_is_at_work.set()
        await first_has_ended.wait()

    world.processor.before = first
    slow = asyncio.create_task(world.work_on_task(pointer, worker="slow"))
    await first_is_replaced.wait()
    (again,) = await world.pointers()
    fast = asyncio.create_task(world.work_on_task(again, worker="fast"))
    await slow
    (job,) = await world.jobs(batch_id)
    assert job.done == 0
    first_has_ended.set()
    await fast
    await world.work()

    (asset,) = await world.assets(batch_id)
    assert {rendition.key for rendition in asset.renditions} == {r.key for r in image_renditions(asset, fence="1-2")}
    (job,) = await world.jobs(batch_id)
    assert (job.done, job.status) == (1, JobStatus.SUCCEEDED)


async def test_a_cancelled_worker_hands_its_task_back_and_loses_no_attempt(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    at_work = asyncio.Event()

    async def forever(body: bytes) -> None:
        at_work.set()
        await asyncio.Event().wait()

    world.processor.before = forever
    working = asyncio.create_task(world.work_on_task(pointer, worker="worker"))
    await at_work.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

    (job,) = await world.jobs(batch_id)
    (task,) = await world.tasks(job)
    assert (task.status, task.attempt, task.max_attempts) == (TaskStatus.PENDING, 1, 4)
    assert await world.pointers() == [pointer]
    world.processor.before = nothing
    await world.work_on_task(pointer, worker="another")
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PROCESSED


async def test_a_lease_is_renewed_while_the_work_goes_on(make_world: Callable[..., World]) -> None:
    world = make_world(lease=LeasePolicy(duration=timedelta(milliseconds=30)))
    await world.open_listing()
    batch_id = await world.receive(photos("one"))

    async def work_for_three_leases(body: bytes) -> None:
        for _ in range(6):
            world.clock.advance(timedelta(milliseconds=15))
            await asyncio.sleep(0.025)

    world.processor.before = work_for_three_leases
    await world.work()
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PROCESSED
    (job,) = await world.jobs(batch_id)
    assert job.done == 1
