"""A worker goes to an address that somebody has attached."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from application.attachment_sets.found_file import Errand, ItsFile, ItsPreview, NotAwaited
from application.attachment_sets.set_keeper import SetKeeper
from application.media.file_inspector import SNIFFED, FileInspector, NotLookedAt
from application.media.promote_media import Arrival
from application.media.upload_media import UploadMedia, UploadMediaCommand
from application.media.upload_terms import UploadTerms
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.web import PAGE_START, PageReader, WebClient, WebResource
from application.processing.lease_keeper import Lease
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWork
from domain.assets.failure import FailureCode, MediaRejected
from domain.attachment_sets.file_name import file_name_of
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import ACCEPTED_FILES, SetAttachment
from domain.errors import Rejected
from domain.ids import AttachmentSetId
from domain.jobs.task import Stage, Task
from domain.jobs.work import LinkWork
from domain.media.announcement import SentAlong
from domain.media.errors import MediaNotFound, MediaNotPending, MediaTooLarge, MediaTypeNotAllowed, MediaUnreadable
from domain.media.kind import MediaKind
from domain.principal import Principal

_PAGES = ("text/html", "application/xhtml+xml")
_PAGE_MARKS = (b"<!doctype html", b"<html", b"<head", b"<title")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLink(ClaimedTask):
    """`attachment` as it was then, with a `url`."""

    set_id: AttachmentSetId
    attachment: SetAttachment
    url: str

    @property
    def errand(self) -> Errand:
        return Errand(task=self.task, set_id=self.set_id, attachment_id=self.attachment.id, url=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedLink:
    """`is_stored` when the attachment has what was found already; else it was a page, or something that is not kept."""

    title: str | None = None
    is_stored: bool = False


class LinkHandler(TaskHandler[ClaimedLink, FetchedLink]):
    """An image or a PDF becomes the attachment; of a page its title and a picture are taken. Moot when the attachment
    has gone, or nothing is awaited for it.
    """

    first_stage = Stage.FETCH
    last_stage = None

    def __init__(
        self,
        *,
        web: WebClient,
        reader: PageReader,
        inspector: FileInspector,
        upload: UploadMedia,
        terms: UploadTerms,
        preview_terms: UploadTerms,
        keeper: SetKeeper,
        clock: Clock,
        log: Log,
    ) -> None:
        self._web = web
        self._reader = reader
        self._inspector = inspector
        self._upload = upload
        self._terms = terms
        self._preview_terms = preview_terms
        self._keeper = keeper
        self._clock = clock
        self._log = log

    async def claim(self, tx: UnitOfWork, task: Task, *, now: datetime) -> ClaimedLink | None:  # noqa: ARG002 - nothing changes
        assert isinstance(task.work, LinkWork)
        sets = tx.repository(AttachmentSets)
        set_id = await sets.set_of(task.work.set_attachment_id)
        attachment_set = await sets.find(set_id) if set_id else None
        attachment = attachment_set.find(task.work.set_attachment_id) if attachment_set else None
        if attachment_set is None or attachment is None or attachment.url is None:
            return None
        if not attachment_set.awaits(attachment.id, attachment.url):
            return None
        return ClaimedLink(task=task, trace={}, set_id=attachment_set.id, attachment=attachment, url=attachment.url)

    async def begin(self, claim: ClaimedLink) -> None:
        """Nothing waits for it."""

    async def attempt(self, claim: ClaimedLink, lease: Lease) -> FetchedLink:
        with lease.doing(Stage.FETCH):
            try:
                return await self._fetch(claim)
            except NotAwaited:
                return FetchedLink(is_stored=True)

    async def _fetch(self, claim: ClaimedLink) -> FetchedLink:
        async with self._web.get(claim.url, largest=self._terms.largest) as resource:
            start = await _up_to(SNIFFED, resource.content)
            if self._inspector.type_of(start) in ACCEPTED_FILES:
                await self._keep_file(claim, resource, start)
                return FetchedLink(is_stored=True)
            if not _is_page(resource, start):
                return FetchedLink()
            start += await _up_to(PAGE_START - len(start), resource.content)
            url, content_type = resource.url, resource.content_type
        page = await self._reader.read(start[:PAGE_START], url=url, content_type=content_type)
        for preview_url in page.preview_urls:
            if await self._keep_preview(claim, page.title, preview_url):
                return FetchedLink(is_stored=True)
        return FetchedLink(title=page.title)

    async def _keep_file(self, claim: ClaimedLink, resource: WebResource, start: bytes) -> None:
        """Raises MediaRejected, NotAwaited, Unavailable."""
        arrival = ItsFile(claim.errand, keeper=self._keeper, clock=self._clock)
        await self._keep(claim, resource, start, self._terms, arrival)
        self._keeper.cover_changed(arrival.cover)

    async def _keep_preview(self, claim: ClaimedLink, title: str | None, url: str) -> bool:
        """False where there is no such picture: a page is a page without it. Raises NotAwaited, Unavailable."""
        arrival = ItsPreview(claim.errand, keeper=self._keeper, clock=self._clock, title=title)
        try:
            async with self._web.get(url, largest=self._preview_terms.largest) as resource:
                await self._keep(claim, resource, b"", self._preview_terms, arrival)
        except MediaRejected as rejected:
            self._log.info("link.no_preview", code=rejected.failure.code, detail=rejected.failure.detail)
            return False
        return True

    async def _keep(
        self, claim: ClaimedLink, resource: WebResource, start: bytes, terms: UploadTerms, arrival: Arrival
    ) -> None:
        store_id = claim.task.work.ids["store_id"]
        assert store_id is not None
        command = UploadMediaCommand(
            principal=Principal(user_id=claim.attachment.user_id, store_id=store_id, roles=frozenset()),
            sent=SentAlong(filename=file_name_of(resource.url), kind=MediaKind.OTHER),
            at_least=resource.announced_size or 0,
            terms=terms,
        )
        try:
            await self._upload(command, _chained(start, resource.content), arrival=arrival)
        except MediaTooLarge as error:
            raise MediaRejected(FailureCode.FILE_TOO_LARGE, error.detail) from error
        except MediaTypeNotAllowed as error:
            raise MediaRejected(FailureCode.CONTENT_TYPE_MISMATCH, error.detail) from error
        except MediaUnreadable as error:
            raise MediaRejected(error.failure.code, error.detail) from error
        except Rejected as error:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, error.detail) from error
        except NotLookedAt as error:
            raise MediaRejected(FailureCode.TIMEOUT, error.detail) from error
        except (MediaNotFound, MediaNotPending) as error:
            raise MediaRejected(FailureCode.NOT_UPLOADED, "it was deleted in the library meanwhile") from error


def _is_page(resource: WebResource, start: bytes) -> bool:
    """What a site claims is worth as much as what the bytes look like: no page comes in as anything else."""
    claimed = (resource.content_type or "").partition(";")[0].strip().lower()
    return bool(start) and (claimed in _PAGES or any(mark in start.lower() for mark in _PAGE_MARKS))


async def _up_to(wanted: int, content: AsyncIterator[bytes]) -> bytes:
    """At least that many bytes, fewer when there are no more."""
    taken = bytearray()
    while len(taken) < wanted and (chunk := await anext(content, None)) is not None:
        taken += chunk
    return bytes(taken)


async def _chained(start: bytes, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if start:
        yield start
    async for chunk in content:
        yield chunk
