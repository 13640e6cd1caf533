"""What goes wrong: each does its harm while batches are being delivered, and answers how often it did."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack

import psutil

from tests.chaos.mischief import everything_twice_and_shuffled, facts_twice_and_shuffled
from tests.chaos.scene import Scene
from tests.stack.gate import Mood
from tests.system.family import frozen
from tests.system.files import film, photos
from tests.system.waiting import eventually

Fault = Callable[[Scene], Awaitable[int]]


# Killed at random.


def killing(*beginnings: str) -> Fault:
    """kill -9 of whoever is called so, now and then; they are started again by whoever looks after them."""

    async def fault(scene: Scene) -> int:
        killed = 0
        for _ in range(int(scene.seconds(3, 12))):
            await asyncio.sleep(scene.rng.uniform(0.3, 2.5))
            victims = [role for beginning in beginnings for role in scene.stack.named(beginning) if role.runs()]
            if victims:
                scene.rng.choice(victims).send(signal.SIGKILL)
                killed += 1
        return killed

    return fault


async def all_killed(scene: Scene) -> int:
    """As when the power fails."""
    await asyncio.sleep(scene.rng.uniform(1, 3))
    for role in scene.stack.roles.values():
        role.send(signal.SIGKILL)
    return len(scene.stack.roles)


async def rolling_restart(scene: Scene) -> int:
    """SIGTERM to one after the other, as in an upgrade."""
    for role in list(scene.stack.roles.values()):
        code = await role.end(signal.SIGTERM)
        assert code == 0, f"{role.name} ended with {code}:\n{role.log_tail()}"
        await asyncio.sleep(0.5)
    return len(scene.stack.roles)


# Killed at a named step.


async def killed_in_validate(scene: Scene) -> int:
    """The download hangs on a store that does not answer; the workers are held until it is silent."""
    shoot, complete = await scene.stream.prepared(photos(2))
    async with AsyncExitStack() as held:
        with frozen([psutil.Process(worker.pid) for worker in scene.workers if worker.runs()]):
            await complete()
            await held.enter_async_context(scene.stack.store_gate.turned(Mood.SILENT))
        (await scene.worker_at("validate", shoot.batch_id)).send(signal.SIGKILL)
    return 1


async def killed_in_thumbnails(scene: Scene) -> int:
    with frozen(scene.decoders()):
        shoot = await scene.stream.shoot(photos(2))
        (await scene.worker_at("thumbnails", shoot.batch_id)).send(signal.SIGKILL)
    return 1


async def killed_in_transcode(scene: Scene) -> int:
    shoot = await scene.stream.shoot([film()])
    (await scene.worker_at("transcode", shoot.batch_id)).send(signal.SIGKILL)
    return 1


async def killed_in_zip(scene: Scene) -> int:
    """The files are done; then the store stops answering, before the archive has been read."""
    async with AsyncExitStack() as held:
        with frozen(scene.decoders()):
            shoot = await scene.stream.shoot(photos(2))
            await scene.worker_at("thumbnails", shoot.batch_id)
            await held.enter_async_context(scene.backstage.holding_jobs(shoot.batch_id))
        await _transactions_wait(scene, 2)
        async with scene.stack.store_gate.turned(Mood.SILENT):
            await held.aclose()
            (await scene.worker_at("zip", shoot.batch_id)).send(signal.SIGKILL)
    return 1


async def killed_in_finalize(scene: Scene) -> int:
    """The last transaction has begun and cannot go on."""
    shoot, complete = await scene.stream.prepared(photos(1))
    async with scene.backstage.holding_listing(shoot.listing_id):
        completing = asyncio.create_task(complete())
        await _transactions_wait(scene, 1)
        for worker in scene.workers:
            worker.send(signal.SIGKILL)
    await completing
    return 1


async def api_killed_in_complete(scene: Scene) -> int:
    """Nobody knows whether it was committed; the same call again tells."""
    shoot, complete = await scene.stream.prepared(photos(2))
    async with scene.backstage.holding_batch(shoot.batch_id):
        completing = asyncio.create_task(complete())
        await _transactions_wait(scene, 1)
        for api in scene.stack.named("api"):
            api.send(signal.SIGKILL)
    await completing
    return 1


async def relay_killed_in_publish(scene: Scene) -> int:
    """The broker hangs, and the relays with it, their rows locked; then they are gone."""
    scene.kafka.pause()
    try:
        await scene.stream.shoot(photos(1))
        await eventually(scene.backstage.relay_is_publishing, within=30, expecting="a relay waits for the broker")
        for relay in scene.stack.named("relay"):
            relay.send(signal.SIGKILL)
    finally:
        scene.kafka.resume()
    return 1


async def worker_paused_past_its_lease(scene: Scene) -> int:
    """It wakes up with a result that nobody wants any more."""
    with frozen(scene.decoders()):
        shoot = await scene.stream.shoot(photos(2))
        worker = await scene.worker_at("thumbnails", shoot.batch_id)
        worker.send(signal.SIGSTOP)
    await asyncio.sleep(scene.seconds(5, 12))
    worker.send(signal.SIGCONT)

    async def taken_over() -> bool:
        return any(task["attempt"] > 1 for task in await scene.backstage.tasks(shoot.batch_id))

    await eventually(taken_over, within=60, expecting="another attempt has begun")
    return 1


# Services that go away.


async def broker_stopped(scene: Scene) -> int:
    await asyncio.sleep(1)
    await scene.kafka.stop()
    await asyncio.sleep(scene.seconds(6, 60))
    await scene.kafka.start()
    return 1


async def broker_killed(scene: Scene) -> int:
    await asyncio.sleep(1)
    await scene.kafka.kill()
    await asyncio.sleep(scene.seconds(1, 10))
    await scene.kafka.start()
    return 1


async def broker_hangs(scene: Scene) -> int:
    await asyncio.sleep(1)
    scene.kafka.pause()
    await asyncio.sleep(scene.seconds(6, 40))
    scene.kafka.resume()
    return 1


async def database_restarted(scene: Scene) -> int:
    times = int(scene.seconds(2, 4))
    for _ in range(times):
        await asyncio.sleep(1.5)
        await scene.stack.database.stop()
        await asyncio.sleep(scene.seconds(1, 10))
        await scene.stack.database.start()
    return times


async def database_connections_cut(scene: Scene) -> int:
    for _ in range(3):
        await asyncio.sleep(1)
        async with scene.stack.database.gate.turned(Mood.SHUT):
            await asyncio.sleep(scene.seconds(1, 5))
    return 3


async def store_answers_500(scene: Scene) -> int:
    before = scene.stack.store_gate.spoilt
    await asyncio.sleep(0.5)
    async with scene.stack.store_gate.turned(Mood.ANGRY):
        await asyncio.sleep(scene.seconds(6, 40))
    return scene.stack.store_gate.spoilt - before


async def store_hangs(scene: Scene) -> int:
    await asyncio.sleep(0.5)
    async with scene.stack.store_gate.turned(Mood.SILENT):
        await asyncio.sleep(scene.seconds(8, 60))
    return 1


STEPS = {
    "worker killed in validate",
    "worker killed in thumbnails",
    "worker killed in transcode",
    "worker killed in zip",
    "worker killed in finalize",
    "api killed in complete",
    "worker paused past its lease",
}
"""These hold one batch at one step: the stream comes after it, so that no other batch has all the places."""

FAULTS: Mapping[str, Fault] = {
    "api killed at random": killing("api"),
    "relay killed at random": killing("relay"),
    "worker killed at random": killing("worker"),
    "anybody killed at random": killing("api", "relay", "worker", "consume"),
    "all killed at once": all_killed,
    "rolling restart": rolling_restart,
    "worker killed in validate": killed_in_validate,
    "worker killed in thumbnails": killed_in_thumbnails,
    "worker killed in transcode": killed_in_transcode,
    "worker killed in zip": killed_in_zip,
    "worker killed in finalize": killed_in_finalize,
    "api killed in complete": api_killed_in_complete,
    "relay killed in publish": relay_killed_in_publish,
    "worker paused past its lease": worker_paused_past_its_lease,
    "broker stopped": broker_stopped,
    "broker killed": broker_killed,
    "broker hangs": broker_hangs,
    "database restarted": database_restarted,
    "database connections cut": database_connections_cut,
    "store answers 500": store_answers_500,
    "store hangs": store_hangs,
    "everything twice and shuffled": everything_twice_and_shuffled,
    "facts twice and shuffled": facts_twice_and_shuffled,
}


async def _transactions_wait(scene: Scene, count: int) -> None:
    async def waiting() -> bool:
        return await scene.backstage.waiting_for_rows() >= count

    await eventually(waiting, within=60, expecting=f"{count} transactions wait for a row")
