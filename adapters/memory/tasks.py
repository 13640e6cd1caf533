from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import JobId, TaskId
from domain.jobs.repository import Tasks
from domain.jobs.task import Task


class MemoryTasks(Tasks):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def add(self, tasks: Sequence[Task]) -> None:
        await self._transaction.save(Task, [(task.id, task) for task in tasks])

    async def find(self, task_id: TaskId) -> Task | None:
        return self._transaction.find(Task, task_id)

    async def lock(self, task_id: TaskId) -> Task | None:
        await self._transaction.lock(Task, task_id)
        return await self.find(task_id)

    async def save(self, task: Task) -> None:
        await self._transaction.save(Task, [(task.id, task)])

    async def of_job(self, job_id: JobId) -> Sequence[Task]:
        found = self._transaction.select(Task, lambda task: task.work.ids["job_id"] == job_id)
        return sorted(found, key=lambda task: task.id)
