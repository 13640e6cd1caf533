"""A worker with free places goes by the database too: a pointer that is lost delays its task and nothing else."""

from application.processing.find_waiting_tasks import GRACE
from domain.batches.batch import BatchStatus
from domain.jobs.task import TaskKind
from tests.application.uploads import photos
from tests.application.world import World


async def test_a_task_whose_pointer_is_lost_is_found_and_done(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    lost = await world.pointers()
    world.clock.advance(GRACE * 2)

    found = await world.find_waiting_tasks(TaskKind.IMAGE, limit=9)

    assert sorted(found) == sorted(lost)
    for task_id in found:
        await world.work_on_task(task_id, worker="worker")
    await world.work()
    assert (await world.batch(batch_id)).status is BatchStatus.READY


async def test_a_pointer_is_given_its_time(world: World) -> None:
    await world.open_listing()
    await world.receive()

    world.clock.advance(GRACE)

    assert await world.find_waiting_tasks(TaskKind.IMAGE, limit=9) == []


async def test_as_many_as_there_are_places_and_of_one_kind(world: World) -> None:
    await world.open_listing()
    await world.receive(photos("one", "two", "three"))
    world.clock.advance(GRACE * 2)

    assert len(await world.find_waiting_tasks(TaskKind.IMAGE, limit=2)) == 2
    assert await world.find_waiting_tasks(TaskKind.VIDEO, limit=2) == []
