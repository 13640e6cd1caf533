"""How tasks come to a worker, and how it lets go of them."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from application.processing.find_waiting_tasks import GRACE
from application.processing.task_handler import ClaimedTask
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.batches.batch import BatchStatus
from domain.errors import Unavailable
from domain.ids import BatchId, TaskId
from domain.jobs.task import TaskKind, TaskStatus
from tests.application.dead_letters.dying import only_letter
from tests.application.uploads import photos
from tests.application.world import World
from tests.entrypoints.consumer.workbench import Workbench, running, until


@pytest.fixture
def bench(world: World) -> Workbench:
    return Workbench(world)


class Held:
    """The processor waits here; `at_work` are those that have come."""

    def __init__(self, world: World) -> None:
        self.at_work: list[bytes] = []
        self.most = 0
        self.go_on = asyncio.Event()
        self._here = 0
        world.processor.before = self.wait

    async def wait(self, body: bytes) -> None:
        self.at_work.append(body)
        self._here += 1
        self.most = max(self.most, self._here)
        await self.go_on.wait()
        self._here -= 1

    async def has(self, number: int) -> None:
        async def enough() -> bool:
            return len(self.at_work) >= number

        await until(enough)


async def _ready(bench: Workbench, batch_id: BatchId) -> None:
    async def look() -> bool:
        await bench.relay()
        return (await bench.world.batch(batch_id)).status is BatchStatus.READY

    await until(look)


async def test_pointers_lead_to_a_finished_batch(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two", "three"))

    async with running(bench.worker(TaskKind.IMAGE), bench.worker(TaskKind.ARCHIVE)):
        await _ready(bench, batch_id)


async def test_a_lost_pointer_delays_its_task_and_nothing_else(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))
    await bench.relay()  # nobody has subscribed: they are gone
    world.clock.advance(GRACE * 2)

    async with running(bench.worker(TaskKind.IMAGE), bench.worker(TaskKind.ARCHIVE)):
        await _ready(bench, batch_id)


async def test_without_pointers_it_goes_on_as_soon_as_a_place_is_free(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    batch_id = await world.receive(photos(*map(str, range(30))))
    await bench.relay()  # nobody has subscribed: they are gone
    world.clock.advance(GRACE * 2)

    async def all_done() -> bool:
        (job,) = await world.jobs(batch_id)
        return job.done == 30

    async with running(bench.worker(TaskKind.IMAGE, concurrency=2)):
        await until(all_done, within=7)  # two a second would be fifteen


async def test_no_more_at_once_than_there_are_places_and_the_rest_waits_for_others(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    held = Held(world)
    worker = bench.worker(TaskKind.IMAGE, concurrency=2)
    batch_id = await world.receive(photos(*"abcdef"))
    await bench.relay()
    async with running(worker):
        await held.has(2)
        world.clock.advance(GRACE * 2)
        await asyncio.sleep(1.5)  # it looks for waiting tasks meanwhile
        (job,) = await world.jobs(batch_id)
        claimed = [task for task in await world.tasks(job) if task.status is TaskStatus.LEASED]
        assert (len(claimed), held.most) == (2, 2)
        held.go_on.set()

        async def all_done() -> bool:
            (job,) = await world.jobs(batch_id)
            return job.done == 6

        await until(all_done)
    assert held.most == 2


async def test_told_to_stop_it_finishes_what_it_has_and_takes_nothing_new(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    held = Held(world)
    worker = bench.worker(TaskKind.IMAGE, concurrency=1)
    batch_id = await world.receive(photos("one", "two"))
    await bench.relay()
    running_worker = asyncio.create_task(worker.run())
    await held.has(1)

    worker.stop()
    await asyncio.sleep(0.05)
    assert not running_worker.done()
    held.go_on.set()
    async with asyncio.timeout(5):
        await running_worker

    (job,) = await world.jobs(batch_id)
    assert sorted(task.status for task in await world.tasks(job)) == [TaskStatus.DONE, TaskStatus.PENDING]
    async with running(bench.worker(TaskKind.IMAGE), bench.worker(TaskKind.ARCHIVE)):
        await _ready(bench, batch_id)


async def test_cancelled_it_gives_its_leases_back(bench: Workbench) -> None:
    world = bench.world
    await world.open_listing()
    held = Held(world)
    batch_id = await world.receive(photos("one"))
    await bench.relay()
    worker = bench.worker(TaskKind.IMAGE)
    await bench.relay()
    world.clock.advance(GRACE * 2)
    working = asyncio.create_task(worker.run())
    await held.has(1)

    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    (job,) = await world.jobs(batch_id)
    (task,) = await world.tasks(job)
    assert (task.status, task.attempt, task.max_attempts) == (TaskStatus.PENDING, 1, world.retry.max_attempts + 1)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"taskId": "x"}', b"\xff\xfe", b"[" * 50_000])
async def test_a_pointer_that_cannot_be_read_is_put_aside_and_blocks_nobody(bench: Workbench, body: bytes) -> None:
    world = bench.world
    await world.open_listing()
    worker = bench.worker(TaskKind.IMAGE)
    await bench.publish(TaskKind.IMAGE, body)
    await bench.publish(TaskKind.IMAGE, b"whatever", type_="somebody.elses")
    batch_id = await world.receive(photos("one"))

    async with running(worker, bench.worker(TaskKind.ARCHIVE)):
        await _ready(bench, batch_id)

    assert world.telemetry.of("dead_lettered") == ["vitrine.tasks.image.v1"]
    assert (await only_letter(world)).message.body == body


async def test_a_database_that_is_away_is_waited_for(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrypoints.consumer.worker._PAUSE_AFTER_ERROR", 0.01)
    world = bench.world
    await world.open_listing()
    batch_id = await world.receive(photos("one"))
    worker = bench.worker(TaskKind.IMAGE)
    away = Away(world.begin, times=5)
    monkeypatch.setattr(world.claim_task, "_begin", away)
    await bench.relay()

    async with running(worker, bench.worker(TaskKind.ARCHIVE)):
        await _ready(bench, batch_id)

    assert world.log.events.count("worker.cannot_claim") == 5


class Away:
    """A database that does not answer at first."""

    def __init__(self, begin: UnitOfWorkFactory, *, times: int) -> None:
        self._begin, self._left = begin, times

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        if self._left == 0:
            return self._begin()
        self._left -= 1
        raise Unavailable("no database")


async def test_two_ways_to_a_task_share_the_places(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pointer and a look that come at once, while claims take their time."""
    world = bench.world
    await world.open_listing()
    held = Held(world)
    worker = bench.worker(TaskKind.IMAGE, concurrency=1)
    await world.receive(photos("one", "two"))
    claim = world.claim_task.__call__

    async def slowly(task_id: TaskId, *, worker: str) -> ClaimedTask | None:
        await asyncio.sleep(1.5)
        return await claim(task_id, worker=worker)

    monkeypatch.setattr(worker, "_claim", slowly)
    world.clock.advance(GRACE * 2)
    await bench.relay()
    async with running(worker):
        await held.has(1)
        await asyncio.sleep(3)
        assert held.most == 1
        held.go_on.set()


async def test_a_claim_that_is_made_while_the_worker_is_cancelled_is_given_back(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = bench.world
    await world.open_listing()
    worker = bench.worker(TaskKind.IMAGE)
    batch_id = await world.receive(photos("one"))
    claim, claiming = world.claim_task.__call__, asyncio.Event()

    async def slowly(task_id: TaskId, *, worker: str) -> ClaimedTask | None:
        claiming.set()
        await asyncio.sleep(0.2)
        return await claim(task_id, worker=worker)

    monkeypatch.setattr(worker, "_claim", slowly)
    await bench.relay()
    working = asyncio.create_task(worker.run())
    await claiming.wait()

    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    (job,) = await world.jobs(batch_id)
    (task,) = await world.tasks(job)
    assert (task.status, task.attempt, task.max_attempts) == (TaskStatus.PENDING, 1, world.retry.max_attempts + 1)
