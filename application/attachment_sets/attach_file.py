"""A file that flows through us into the library, and onto a part or a kit."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.scope import find_set, lock_set
from application.attachment_sets.set_keeper import SetKeeper
from application.media.promote_media import Arrival
from application.media.upload_media import UploadMedia, UploadMediaCommand
from application.media.upload_terms import UploadTerms
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.attachment_sets.attachment_set import AttachmentSet, CoverChange
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.set_attachment import SetAttachment, checked_title
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.media.announcement import SentAlong
from domain.media.kind import MediaKind
from domain.media.media import Media
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFileCommand:
    """Without a `title` it is called by its file name. `at_least` is how many bytes the file has by the word of its
    sender, 0 when nothing is said.
    """

    principal: Principal
    set_id: AttachmentSetId
    title: str | None
    filename: str
    at_least: int = 0


class AttachFile:
    """The row of the media comes first, then its bytes, unless they are there already; then, in one transaction, the
    media arrives, the attachment is made, and the events are recorded. Whatever ends it before, nothing stays.

    Raises NotPermitted, AttachmentSetNotFound, AttachmentSetFull, and what UploadMedia raises.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        upload: UploadMedia,
        terms: UploadTerms,
        keeper: SetKeeper,
        links: AttachmentLinks,
        clock: Clock,
        ids: Ids,
        telemetry: Telemetry,
    ) -> None:
        self._begin = begin
        self._upload = upload
        self._terms = terms
        self._keeper = keeper
        self._links = links
        self._clock = clock
        self._ids = ids
        self._telemetry = telemetry

    async def __call__(self, command: AttachFileCommand, content: AsyncIterator[bytes]) -> ShownAttachment:
        started = monotonic()
        require_manager(command.principal)
        title = checked_title(command.filename if command.title is None else command.title)
        async with self._begin() as tx:
            (await find_set(tx, command.set_id, command.principal)).require_room()
        arrival = _OntoTheSet(self._keeper, self._clock, command, title, SetAttachmentId(self._ids.new()))
        media = await self._upload(
            UploadMediaCommand(
                principal=command.principal,
                sent=SentAlong(filename=command.filename, kind=MediaKind.OTHER),
                at_least=command.at_least,
                terms=self._terms,
            ),
            content,
            arrival=arrival,
        )
        attachment = arrival.attached
        self._keeper.created(attachment, arrival.cover)
        self._telemetry.attachment_uploaded(attachment.type, timedelta(seconds=monotonic() - started))
        return self._links.shown(attachment, media, command.principal)


class _OntoTheSet(Arrival):
    def __init__(
        self,
        keeper: SetKeeper,
        clock: Clock,
        command: AttachFileCommand,
        title: str,
        attachment_id: SetAttachmentId,
    ) -> None:
        self.cover: CoverChange | None = None
        self.attached: SetAttachment
        self._keeper = keeper
        self._clock = clock
        self._command = command
        self._title = title
        self._attachment_id = attachment_id
        self._set: AttachmentSet

    async def before(self, tx: UnitOfWork) -> None:
        self._set = await lock_set(tx, self._command.set_id, self._command.principal)
        self._set.require_room()

    async def after(self, tx: UnitOfWork, media: Media) -> None:
        now = self._clock.now()
        before = self._set.attachments
        self.attached = SetAttachment.of_media(
            attachment_id=self._attachment_id,
            user_id=self._command.principal.user_id,
            title=self._title,
            media=media,
            now=now,
        )
        self.cover = self._set.add(self.attached, now=now)
        await self._keeper.save(tx, self._set, before=before)
