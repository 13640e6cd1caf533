"""A worker takes a task, and with it the right to finish it."""

from typing import Any

from application.ports.clock import Clock
from application.processing.by_sort import BySort
from application.processing.lease_keeper import LeasePolicy
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import TaskId


class ClaimTask:
    """Answers None when there is nothing to do: claimed by another, finished, or not due yet. So a pointer
    that is delivered twice does no harm.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        handlers: BySort[TaskHandler[Any, Any]],
        clock: Clock,
        policy: LeasePolicy,
    ) -> None:
        self._begin = begin
        self._handlers = handlers
        self._clock = clock
        self._policy = policy

    async def __call__(self, task_id: TaskId, *, worker: str) -> ClaimedTask | None:
        now = self._clock.now()
        async with self._begin() as tx:
            task = await tx.leases.claim(task_id, worker=worker, lease=self._policy.duration, now=now)
            if task is None:
                return None
            handler = self._handlers.of(task.work)
            claimed: ClaimedTask | None = await handler.claim(tx, task, now=now)
            if claimed is None:
                task.complete(now=now)
                await tx.tasks.save(task)
            await tx.commit()
        if claimed is not None:
            await handler.begin(claimed)
        return claimed
