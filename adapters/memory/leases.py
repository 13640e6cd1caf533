from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.memory.transaction import MemoryTransaction
from domain.ids import TaskId
from domain.jobs.repository import Leases
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus


class MemoryLeases(Leases):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def claim(self, task_id: TaskId, *, worker: str, lease: timedelta, now: datetime) -> Task | None:
        await self._transaction.lock(Task, task_id)
        task = self._transaction.find(Task, task_id)
        if task is None or task.status is not TaskStatus.PENDING or task.available_at > now:
            return None
        task.status = TaskStatus.LEASED
        task.attempt += 1
        task.leased_by, task.lease_until = worker, now + lease
        # A new attempt starts over, so what the last one had reached is forgotten.
        task.stage, task.progress = None, 0.0
        self._store(task)
        return task

    async def renew(
        self, task_id: TaskId, *, attempt: int, lease: timedelta, stage: Stage, progress: float, now: datetime
    ) -> bool:
        await self._transaction.lock(Task, task_id)
        task = self._transaction.find(Task, task_id)
        if task is None or task.attempt != attempt or not _is_leased(task) or task.is_overdue(now=now):
            return False
        task.lease_until = now + lease
        task.stage, task.progress = stage, progress
        self._store(task)
        return True

    async def expired(self, *, now: datetime, limit: int) -> Sequence[TaskId]:
        tasks = self._transaction.select(Task, lambda task: task.is_overdue(now=now))
        return [task.id for task in sorted(tasks, key=lambda task: (task.lease_until, task.id))[:limit]]

    async def waiting(self, kind: TaskKind, *, available_before: datetime, limit: int) -> Sequence[TaskId]:
        tasks = self._transaction.select(
            Task,
            lambda task: (
                task.kind is kind and task.status is TaskStatus.PENDING and task.available_at < available_before
            ),
        )
        return [task.id for task in sorted(tasks, key=lambda task: (task.available_at, task.id))[:limit]]

    def _store(self, task: Task) -> None:
        task.version += 1
        self._transaction.put(Task, task.id, task)


def _is_leased(task: Task) -> bool:
    return task.status is TaskStatus.LEASED
