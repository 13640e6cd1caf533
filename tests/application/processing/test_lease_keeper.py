"""Holding a lease: the work stops when it is lost, and never loses somebody else's cancellation."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from application.processing.lease_keeper import LeaseKeeper, LeasePolicy
from application.processing.task_handler import ClaimedTask
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable
from domain.jobs.task import LeaseLost, Stage, Task
from tests.application.uploads import photos
from tests.application.world import World

SHORT = LeasePolicy(duration=timedelta(milliseconds=15))


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world(lease=SHORT)


async def claimed(world: World) -> ClaimedTask:
    await world.open_listing()
    await world.receive(photos("one"))
    (pointer,) = await world.pointers()
    found = await world.claim_task(pointer, worker="worker")
    assert found is not None
    return found


async def test_the_work_is_stopped_when_the_lease_is_lost(world: World) -> None:
    task = (await claimed(world)).task
    world.clock.advance(SHORT.duration)
    with pytest.raises(LeaseLost):
        async with world.keeper.hold(task, Stage.VALIDATE):
            await asyncio.sleep(5)
    await asyncio.sleep(0)  # nothing of the cancellation is left for later


async def test_stage_and_progress_are_written_down_with_each_renewal(world: World) -> None:
    task = (await claimed(world)).task
    async with world.keeper.hold(task, Stage.VALIDATE) as lease, asyncio.timeout(5):
        with lease.doing(Stage.THUMBNAILS):
            await lease.report(7.0)
            while await _written(world, task) != (Stage.THUMBNAILS, 1.0):  # noqa: ASYNC110 - a renewal rings no bell
                await asyncio.sleep(0.001)


async def _written(world: World, task: Task) -> tuple[Stage | None, float]:
    async with world.begin() as tx:
        stored = await tx.tasks.find(task.id)
    assert stored is not None
    return stored.stage, stored.progress


async def test_a_database_that_is_away_for_a_moment_is_waited_for(world: World) -> None:
    task = (await claimed(world)).task
    is_away, is_back = True, asyncio.Event()

    def begin() -> object:
        nonlocal is_away
        if is_away:
            is_away = False
            raise Unavailable("the database is away")
        is_back.set()
        return world.begin()

    async with _keeper(world, begin).hold(task, Stage.VALIDATE), asyncio.timeout(5):
        await is_back.wait()


async def test_what_else_stops_the_renewals_stops_the_work(world: World) -> None:
    task = (await claimed(world)).task

    def begin() -> object:
        raise ZeroDivisionError("a defect")

    with pytest.raises(ZeroDivisionError):
        async with _keeper(world, begin).hold(task, Stage.VALIDATE):
            await asyncio.sleep(5)


async def test_a_cancellation_at_the_moment_of_the_loss_is_a_cancellation(world: World) -> None:
    task = (await claimed(world)).task
    world.clock.advance(SHORT.duration)

    def begin() -> object:
        working.cancel()
        return world.begin()

    async def work() -> None:
        async with _keeper(world, begin).hold(task, Stage.VALIDATE):
            await asyncio.sleep(5)

    working = asyncio.create_task(work())
    with pytest.raises(asyncio.CancelledError):
        await working


def _keeper(world: World, begin: Callable[[], object]) -> LeaseKeeper:
    factory: UnitOfWorkFactory = begin  # type: ignore[assignment]  # a factory that fails
    return LeaseKeeper(begin=factory, clock=world.clock, policy=SHORT, tracing=world.tracing)
