"""The transaction that makes a result visible. It is fenced: a result that comes too late is refused."""

from typing import Any

from application.ports.clock import Clock
from application.processing.by_sort import BySort
from application.processing.task_ending import TaskEnding
from application.unit_of_work import UnitOfWorkFactory
from domain.jobs.task import LeaseLost, Task, TaskStatus


class FinishTask:
    def __init__(self, *, begin: UnitOfWorkFactory, endings: BySort[TaskEnding[Any, Any]], clock: Clock) -> None:
        self._begin = begin
        self._endings = endings
        self._clock = clock

    async def __call__(self, task: Task, result: object, *, dead: bool = False) -> TaskStatus:
        """`result` is what the handler of such work made, or the Failure of it; `dead` when that is that all attempts
        are spent. Answers how the task has ended. Raises LeaseLost: then nothing has changed.
        """
        now = self._clock.now()
        ending = self._endings.of(task.work)
        async with self._begin() as tx:
            locked = await ending.lock(tx, task)
            current = await tx.tasks.lock(task.id)
            if locked is None or current is None:
                raise LeaseLost(task.id)
            current.require_lease(attempt=task.attempt, now=now)
            after_commit = await ending.end(tx, locked, current, result, dead=dead, now=now)
            await tx.commit()
        if after_commit is not None:
            await after_commit()
        return current.status
