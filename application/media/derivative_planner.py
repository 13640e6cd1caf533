from datetime import datetime

from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork
from domain.ids import TaskId
from domain.jobs.task import RetryPolicy, Task
from domain.jobs.work import MediaWork
from domain.media.derivation import workers_for
from domain.media.media import Media


class DerivativePlanner:
    """Adds the task that makes the renditions of a media."""

    def __init__(self, *, ids: Ids, retry: RetryPolicy) -> None:
        self._ids = ids
        self._retry = retry

    async def schedule(self, tx: UnitOfWork, media: Media, *, now: datetime) -> bool:
        """Within the caller's transaction, for a media that is UPLOADED. False when nothing is derived of its type:
        then the caller makes it READY at once.
        """
        kind = workers_for(media.mime_type)
        if kind is None:
            return False
        task = Task.schedule(
            task_id=TaskId(self._ids.new()),
            kind=kind,
            work=MediaWork(media_id=media.id, store_id=media.store_id),
            max_attempts=self._retry.max_attempts,
            now=now,
        )
        await tx.tasks.add([task])
        return True
