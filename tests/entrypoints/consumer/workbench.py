"""A worker of the real kind over the memory adapters, and what surrounds it in a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from adapters.memory.bus import InProcessBus, InProcessSubscription
from application.events.relay_outbox import RelayOutbox
from application.events.routing import task_topic
from application.ports.messaging import Message
from domain.jobs.task import TaskKind
from entrypoints.consumer.part import Part
from entrypoints.consumer.rejection import Rejection
from entrypoints.consumer.worker import Worker
from tests.application.world import World
from tests.builders import IDS

PATIENCE = 15.0


class Workbench:
    """Messages go where they go on one machine: through a bus in the process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bus = InProcessBus(patience=timedelta(seconds=1))

    def worker(self, kind: TaskKind, *, concurrency: int = 2) -> Worker:
        world = self.world
        return Worker(
            kind=kind,
            subscription=self.subscribe(kind),
            claim=world.claim_task,
            work=world.work_on_claimed,
            hand_back=world.hand_back_task,
            find_waiting=world.find_waiting_tasks,
            rejection=self.rejection(f"vitrine.worker.{kind}"),
            concurrency=concurrency,
            name="worker",
            beat=lambda: None,
            tracing=world.tracing,
            log=world.log,
        )

    def rejection(self, consumer: str) -> Rejection:
        world = self.world
        return Rejection(consumer=consumer, reject=world.reject_message, telemetry=world.telemetry, log=world.log)

    def subscribe(self, kind: TaskKind) -> InProcessSubscription:
        return self.bus.subscribe(f"vitrine.worker.{kind}", [task_topic(kind)])

    async def relay(self) -> None:
        """Everything that is due."""
        world = self.world
        relay = RelayOutbox(
            begin=world.begin, publisher=self.bus, clock=world.clock, telemetry=world.telemetry, tracing=world.tracing
        )
        while await relay():
            pass

    async def publish(self, kind: TaskKind, body: bytes, *, type_: str = "vitrine.task.scheduled") -> None:
        """Something on the topic of pointers, whoever has put it there."""
        await self.bus.publish(
            [
                Message(
                    id=IDS.new(),
                    topic=task_topic(kind),
                    key="k",
                    type=type_,
                    payload=body,
                    occurred_at=self.world.now,
                )
            ]
        )


@asynccontextmanager
async def running(*parts: Part) -> AsyncIterator[None]:
    """They run during the block, and are stopped in good order after it."""
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
        for part in parts:
            part.stop()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]], *, within: float = PATIENCE) -> None:
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what it looks at rings no bell
            await asyncio.sleep(0.01)
