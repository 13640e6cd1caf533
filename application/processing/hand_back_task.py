"""A worker that is being stopped gives back what it has claimed."""

from application.ports.clock import Clock
from application.ports.log import Log
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Conflict, Unavailable
from domain.jobs.task import Task


class HandBackTask:
    """One more attempt is granted. If this fails, the lease runs out and the sweeper sees to it."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._log = log

    async def __call__(self, task: Task) -> None:
        now = self._clock.now()
        try:
            async with self._begin() as tx:
                current = await tx.tasks.lock(task.id)
                if current is None:
                    return
                current.require_lease(attempt=task.attempt, now=now)
                current.hand_back(now=now)
                await tx.tasks.save(current)
                await tx.commit()
        except (Conflict, Unavailable) as error:
            self._log.warning("task.not_handed_back", task_id=task.id, detail=error.detail)
