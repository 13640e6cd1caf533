from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.link_planner import LinkPlanner
from application.attachment_sets.scope import lock_set
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.set_attachment import SetAttachment
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachLinkCommand:
    """Without a `title` it is called as the page is, once that is known."""

    principal: Principal
    set_id: AttachmentSetId
    title: str | None
    url: str


class AttachLink:
    """Nobody goes there now: a worker finds out whether it is a page, an image or a PDF.

    Raises UrlRefused, Rejected, NotPermitted, AttachmentSetNotFound, AttachmentSetFull.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        keeper: SetKeeper,
        planner: LinkPlanner,
        links: AttachmentLinks,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._begin = begin
        self._keeper = keeper
        self._planner = planner
        self._links = links
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: AttachLinkCommand) -> ShownAttachment:
        require_manager(command.principal)
        self._planner.require_fetchable(command.url)
        now = self._clock.now()
        attachment = SetAttachment.of_address(
            attachment_id=SetAttachmentId(self._ids.new()),
            user_id=command.principal.user_id,
            title=command.title,
            url=command.url,
            now=now,
        )
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            before = attachment_set.attachments
            cover = attachment_set.add(attachment, now=now)
            await self._keeper.save(tx, attachment_set, before=before)
            await self._planner.schedule(tx, attachment, attachment_set.store_id, now=now)
            await tx.commit()
        self._keeper.created(attachment, cover)
        return self._links.shown(attachment, None, command.principal)
