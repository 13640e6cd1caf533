from collections.abc import Collection
from datetime import datetime

from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.set_attachment import SetAttachment
from domain.ids import StoreId, TaskId
from domain.jobs.task import RetryPolicy, Task, TaskKind
from domain.jobs.work import LinkWork
from domain.web.public_addresses import Network
from domain.web.web_address import require_fetchable


class LinkPlanner:
    """Says which addresses are gone to, and adds the tasks that go there."""

    def __init__(self, *, ids: Ids, retry: RetryPolicy, allowed: Collection[Network]) -> None:
        """`allowed` are networks that may be contacted although they are not public."""
        self._ids = ids
        self._retry = retry
        self._allowed = allowed

    def require_fetchable(self, url: str) -> None:
        """Raises UrlRefused for what can be seen to lead nowhere that we go."""
        require_fetchable(url, allowed=self._allowed)

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
