from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from application.attachment_sets.link_handler import FetchedLink
from application.ports.log import Log
from application.processing.task_ending import AfterCommit, TaskEnding
from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import FetchStatus, SetAttachment
from domain.ids import SetAttachmentId
from domain.jobs.task import Task
from domain.jobs.work import LinkWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedLink:
    """`attachment_set` is None when the attachment has gone."""

    attachment_id: SetAttachmentId
    attachment_set: AttachmentSet | None


class LinkEnding(TaskEnding[LockedLink, FetchedLink]):
    """An address that cannot be fetched is told to whoever attached it, who may try again: it makes no dead letter, for
    nobody here could mend it.
    """

    def __init__(self, *, log: Log) -> None:
        self._log = log

    async def lock(self, tx: UnitOfWork, task: Task) -> LockedLink:
        assert isinstance(task.work, LinkWork)
        sets, attachment_id = tx.repository(AttachmentSets), task.work.set_attachment_id
        set_id = await sets.set_of(attachment_id)
        return LockedLink(attachment_id=attachment_id, attachment_set=await sets.lock(set_id) if set_id else None)

    def trace_of(self, locked: LockedLink) -> Mapping[str, str]:  # noqa: ARG002 - an attachment remembers none
        return {}

    async def end(
        self,
        tx: UnitOfWork,
        locked: LockedLink,
        task: Task,
        result: FetchedLink | Failure,
        *,
        dead: bool,  # noqa: ARG002 - it ends alike
        now: datetime,
    ) -> AfterCommit | None:
        attachment_set = locked.attachment_set
        attachment = attachment_set.find(locked.attachment_id) if attachment_set else None
        if attachment_set is not None and attachment is not None and attachment.fetch is FetchStatus.FETCHING:
            await self._store(tx, attachment_set, attachment, result, now)
        task.complete(now=now)
        await tx.tasks.save(task)
        return partial(self._tell, locked, result) if isinstance(result, Failure) else None

    async def _store(
        self,
        tx: UnitOfWork,
        attachment_set: AttachmentSet,
        attachment: SetAttachment,
        result: FetchedLink | Failure,
        now: datetime,
    ) -> None:
        if isinstance(result, Failure):
            attachment_set.fail_fetch(attachment.id, result, now=now)
        elif result.is_stored:
            return
        else:
            attachment_set.receive_page(attachment.id, title=result.title, preview=None, now=now)
        await tx.repository(AttachmentSets).save(attachment_set)

    async def _tell(self, locked: LockedLink, failure: Failure) -> None:
        self._log.info("link.failed", attachment_id=locked.attachment_id, code=failure.code, detail=failure.detail)
