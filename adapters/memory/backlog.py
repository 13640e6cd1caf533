from collections.abc import Mapping
from datetime import datetime, timedelta

from adapters.memory.transaction import MemoryTransaction
from domain.jobs.job import Job
from domain.jobs.repository import Backlog
from domain.jobs.task import Task, TaskKind, TaskStatus
from domain.media.media import Media, MediaStatus


class MemoryBacklog(Backlog):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def jobs_in_flight(self) -> int:
        return len(self._transaction.select(Job, lambda job: not job.status.is_final))

    async def oldest_waiting(self, *, now: datetime) -> Mapping[TaskKind, timedelta]:
        tasks = self._transaction.select(
            Task, lambda task: task.status is TaskStatus.PENDING and task.available_at <= now
        )
        return {
            kind: max((now - task.available_at for task in tasks if task.kind is kind), default=timedelta())
            for kind in TaskKind
        }

    async def oldest_deletion(self, *, now: datetime) -> timedelta:
        waiting = self._transaction.select(Media, lambda media: media.status is MediaStatus.DELETE_REQUESTED)
        return max((now - media.updated_at for media in waiting), default=timedelta())
