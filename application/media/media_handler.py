from dataclasses import dataclass
from datetime import datetime

from application.ports.decoding import DerivedFile
from application.processing.lease_keeper import Lease
from application.processing.process_original import Original, ProcessedOriginal, ProcessOriginal
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWork
from domain.batches.media_type import EXTENSIONS
from domain.jobs.task import Stage, Task
from domain.jobs.work import MediaWork
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import rendition_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMedia(ClaimedTask):
    media: Media


class MediaHandler(TaskHandler[ClaimedMedia, ProcessedOriginal]):
    """A media of a store's library; moot when it is on its way out, or was dealt with by another task."""

    first_stage = Stage.VALIDATE
    last_stage = None

    def __init__(self, *, process: ProcessOriginal) -> None:
        self._process = process

    async def claim(self, tx: UnitOfWork, task: Task, *, now: datetime) -> ClaimedMedia | None:  # noqa: ARG002 - nothing changes
        assert isinstance(task.work, MediaWork)
        media = await tx.media.find(task.work.media_id)
        if media is None or media.status is not MediaStatus.UPLOADED:
            return None
        return ClaimedMedia(task=task, trace={}, media=media)

    async def begin(self, claim: ClaimedMedia) -> None:
        """Nothing waits for it."""

    async def attempt(self, claim: ClaimedMedia, lease: Lease) -> ProcessedOriginal:
        task, media = claim.task, claim.media
        assert media.checksum is not None

        def key_of(file: DerivedFile) -> str:
            extension = EXTENSIONS[file.content_type]
            return rendition_key(media.store_id, media.id, file.name, fence=task.fence, extension=extension)

        original = Original(
            key=media.storage_key, size=media.size, checksum=media.checksum, content_type=media.mime_type
        )
        return await self._process(task, original, lease, key_of=key_of)
