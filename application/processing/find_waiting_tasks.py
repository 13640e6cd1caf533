"""Work that waits though nobody is coming for it: its pointer was lost, is late, or lies with a worker that is full."""

from collections.abc import Sequence
from datetime import timedelta

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import TaskId
from domain.jobs.task import TaskKind

GRACE = timedelta(seconds=2)
"""So long a pointer may take; whoever looks earlier only gets in its way."""


class FindWaitingTasks:
    """For a worker with free places. Found is not claimed: of those who look at once, one gets each task."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, kind: TaskKind, *, limit: int) -> Sequence[TaskId]:
        async with self._begin() as tx:
            return await tx.leases.waiting(kind, available_before=self._clock.now() - GRACE, limit=limit)
