"""What happens to an attached address when a file that was found there arrives in the library."""

from abc import abstractmethod
from dataclasses import dataclass

from application.attachment_sets.set_keeper import SetKeeper
from application.media.promote_media import Arrival
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.attachment_set import AttachmentSet, CoverChange
from domain.attachment_sets.repository import AttachmentSets
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.jobs.task import Task
from domain.media.media import Media


class NotAwaited(Exception):
    """The attachment has gone, has another address, or got this file from another attempt: the first one counts; or
    another attempt has taken over.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a worker went out for: `url` for an attachment, by a `task` as it was claimed."""

    task: Task
    set_id: AttachmentSetId
    attachment_id: SetAttachmentId
    url: str


class _FoundFile(Arrival):
    def __init__(self, errand: Errand, *, keeper: SetKeeper, clock: Clock) -> None:
        self.cover: CoverChange | None = None
        self._errand = errand
        self._keeper = keeper
        self._clock = clock
        self._set: AttachmentSet

    async def before(self, tx: UnitOfWork) -> None:
        attachment_set = await tx.repository(AttachmentSets).lock(self._errand.set_id)
        if attachment_set is None or not attachment_set.awaits(self._errand.attachment_id, self._errand.url):
            raise NotAwaited
        current = await tx.tasks.find(self._errand.task.id)
        if current is None or current.attempt != self._errand.task.attempt:
            raise NotAwaited
        self._set = attachment_set

    async def after(self, tx: UnitOfWork, media: Media) -> None:
        before = self._set.attachments
        self._receive(self._set, media)
        await self._keeper.save(tx, self._set, before=before)

    @abstractmethod
    def _receive(self, attachment_set: AttachmentSet, media: Media) -> None: ...


class ItsFile(_FoundFile):
    """The address is that of the file."""

    def _receive(self, attachment_set: AttachmentSet, media: Media) -> None:
        self.cover = attachment_set.receive_file(self._errand.attachment_id, media, now=self._clock.now())


class ItsPreview(_FoundFile):
    """The address is that of a page, which names the file as a picture of itself."""

    def __init__(self, errand: Errand, *, keeper: SetKeeper, clock: Clock, title: str | None) -> None:
        super().__init__(errand, keeper=keeper, clock=clock)
        self._title = title

    def _receive(self, attachment_set: AttachmentSet, media: Media) -> None:
        attachment_set.receive_page(
            self._errand.attachment_id, title=self._title, preview=media.id, now=self._clock.now()
        )
