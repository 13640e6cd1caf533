from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.scope import lock_set
from application.attachment_sets.set_keeper import SetKeeper
from application.media.upload_terms import UploadTerms
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.set_attachment import ACCEPTED_FILES, SetAttachment
from domain.errors import Rejected, Violation
from domain.ids import AttachmentSetId, MediaId, SetAttachmentId
from domain.media.access import may_see
from domain.media.errors import MediaNotAttachable
from domain.media.media import Media
from domain.media.suitability import NewUse, require_suitable
from domain.principal import Principal

_AT = "/mediaId"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachMediaCommand:
    """Without a `title` it is called by its file name."""

    principal: Principal
    set_id: AttachmentSetId
    title: str | None
    media_id: MediaId


class AttachMedia:
    """A media that the library has already, and that everybody in the store may see.

    Raises NotPermitted, AttachmentSetNotFound, AttachmentSetFull, MediaNotAttachable, Rejected.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        keeper: SetKeeper,
        terms: UploadTerms,
        links: AttachmentLinks,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """`terms` are those of files."""
        self._begin = begin
        self._terms = terms
        self._keeper = keeper
        self._links = links
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: AttachMediaCommand) -> ShownAttachment:
        require_manager(command.principal)
        now = self._clock.now()
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            media = await tx.media.find(command.media_id)
            if media is None or not may_see(media, command.principal):
                raise MediaNotAttachable.unknown(command.media_id, at=_AT)
            use = NewUse(_AT, media.id, ACCEPTED_FILES)
            require_suitable([use], [media])
            self._require_small(media)
            before = attachment_set.attachments
            attachment = SetAttachment.of_media(
                attachment_id=SetAttachmentId(self._ids.new()),
                user_id=command.principal.user_id,
                title=media.original_name if command.title is None else command.title,
                media=media,
                now=now,
            )
            cover = attachment_set.add(attachment, now=now)
            await self._keeper.save(tx, attachment_set, before=before, uses=[use])
            await tx.commit()
        self._keeper.created(attachment, cover)
        return self._links.shown(attachment, media, command.principal)

    def _require_small(self, media: Media) -> None:
        limit = self._terms.limits.of(media.mime_type)
        if media.size > limit:
            detail = f"at most {limit} bytes, not {media.size}"
            raise Rejected("this media cannot be attached", [Violation(_AT, "MEDIA_TOO_LARGE", detail)])
