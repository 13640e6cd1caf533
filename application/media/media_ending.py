from collections.abc import Mapping
from datetime import datetime
from functools import partial

from application.dead_letters.bury_task import BuryTask
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.processing.process_original import ProcessedOriginal
from application.processing.task_ending import AfterCommit, TaskEnding
from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.errors import Unavailable
from domain.jobs.task import Task
from domain.jobs.work import MediaWork
from domain.media.media import Media, MediaStatus


class MediaEnding(TaskEnding[Media, ProcessedOriginal]):
    """A media that is on its way out meanwhile wants no result: what was made is thrown away."""

    def __init__(self, *, bury: BuryTask, store: ObjectStore, log: Log) -> None:
        self._bury = bury
        self._store = store
        self._log = log

    async def lock(self, tx: UnitOfWork, task: Task) -> Media | None:
        assert isinstance(task.work, MediaWork)
        return await tx.media.lock(task.work.media_id)

    def trace_of(self, locked: Media) -> Mapping[str, str]:  # noqa: ARG002 - a media remembers none
        return {}

    async def end(
        self,
        tx: UnitOfWork,
        locked: Media,
        task: Task,
        result: ProcessedOriginal | Failure,
        *,
        dead: bool,
        now: datetime,
    ) -> AfterCommit | None:
        if locked.status is not MediaStatus.UPLOADED:
            task.complete(now=now)
            await tx.tasks.save(task)
            return None if isinstance(result, Failure) else partial(self._throw_away, locked, result)
        if isinstance(result, Failure):
            locked.fail(result, now=now)
        else:
            locked.ready(facts=result.facts, renditions=result.renditions, now=now)
        await tx.media.save(locked)
        if dead and isinstance(result, Failure):
            await self._bury(tx, task, result, now=now)
        else:
            task.complete(now=now)
            await tx.tasks.save(task)
        return None

    async def _throw_away(self, media: Media, made: ProcessedOriginal) -> None:
        """What this leaves behind, the audit finds."""
        try:
            await self._store.delete([rendition.key for rendition in made.renditions])
        except Unavailable as error:
            self._log.warning("media.renditions_left", media_id=media.id, detail=error.detail)
