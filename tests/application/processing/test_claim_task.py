"""Taking a task: one gets it."""

import asyncio
from collections.abc import Callable

import pytest

from application.processing.asset_handler import ClaimedAsset
from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from domain.ids import TaskId
from domain.jobs.job import JobStatus
from domain.jobs.task import TaskStatus
from tests.application.uploads import photos
from tests.application.world import World
from tests.builders import IDS


async def test_the_first_claim_starts_the_file_the_job_and_the_batch(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    (pointer,) = await world.pointers()

    claimed = await world.claim_task(pointer, worker="worker")

    assert claimed is not None
    assert isinstance(claimed, ClaimedAsset)
    assert claimed.asset is not None
    assert (claimed.task.status, claimed.task.attempt) == (TaskStatus.LEASED, 1)
    assert claimed.task.lease_until == world.now + world.lease.duration
    (job,) = await world.jobs(batch_id)
    assert (job.status, job.started_at) == (JobStatus.RUNNING, world.now)
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING
    assert (await world.asset(batch_id, "one")).status is AssetStatus.PROCESSING


@pytest.mark.parametrize("seed", range(6))
async def test_of_many_workers_one_gets_it(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    pointers = await world.pointers()

    answers = await asyncio.gather(
        *[world.claim_task(pointer, worker=f"worker-{n}") for n in range(10) for pointer in pointers]
    )

    claimed = [answer.task for answer in answers if answer is not None]
    assert sorted(task.id for task in claimed) == sorted(pointers)
    (job,) = await world.jobs(batch_id)
    assert job.status is JobStatus.RUNNING
    assert (await world.batch(batch_id)).status is BatchStatus.PROCESSING


async def test_there_is_nothing_to_do_for_a_task_that_is_done_or_gone(world: World) -> None:
    await world.open_listing()
    await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    await world.work_on_task(pointer, worker="worker")
    assert await world.claim_task(pointer, worker="worker") is None
    assert await world.claim_task(TaskId(IDS.new()), worker="worker") is None
