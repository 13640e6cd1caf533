"""Where faults happen, and what they are given."""

from dataclasses import dataclass
from random import Random

import psutil

from tests.chaos.stream import Stream
from tests.services.native_kafka import NativeKafka
from tests.stack.role_process import RoleProcess
from tests.stack.stack import Stack
from tests.system.backstage import Backstage
from tests.system.waiting import eventually


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`long` faults last as long as those that the issue of a night would have; short ones a few seconds."""

    stack: Stack
    stream: Stream
    kafka: NativeKafka
    prefix: str
    rng: Random
    long: bool
    backstage: Backstage

    def seconds(self, short: float, long: float) -> float:
        return long if self.long else short

    @property
    def workers(self) -> list[RoleProcess]:
        return self.stack.named("worker")

    def decoders(self) -> list[psutil.Process]:
        return [decoder for worker in self.workers if worker.runs() for decoder in worker.family.decoders()]

    async def worker_at(self, stage: str, batch_id: str) -> RoleProcess:
        """The worker that says it does this, once one does."""

        async def found() -> RoleProcess | None:
            for name in await self.backstage.workers_at(stage, batch_id):
                for worker in self.workers:
                    if worker.runs() and name.endswith(f"-{worker.pid}"):
                        return worker
            return None

        return await eventually(found, within=60, expecting=f"a worker is at {stage} of batch {batch_id}")
