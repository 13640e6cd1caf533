from datetime import datetime

from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.set_attachment import SetAttachment
from domain.ids import StoreId, TaskId
from domain.jobs.task import RetryPolicy, Task, TaskKind
from domain.jobs.work import LinkWork


class LinkPlanner:
    """Adds the task that goes to an address."""

    def __init__(self, *, ids: Ids, retry: RetryPolicy) -> None:
        self._ids = ids
        self._retry = retry

    async def schedule(self, tx: UnitOfWork, attachment: SetAttachment, store_id: StoreId, *, now: datetime) -> None:
        """Within the caller's transaction."""
        task = Task.schedule(
            task_id=TaskId(self._ids.new()),
            kind=TaskKind.LINK,
            work=LinkWork(set_attachment_id=attachment.id, store_id=store_id),
            max_attempts=self._retry.max_attempts,
            now=now,
        )
        await tx.tasks.add([task])
