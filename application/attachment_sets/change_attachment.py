from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.link_planner import LinkPlanner
from application.attachment_sets.scope import lock_set, require_in
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAttachmentCommand:
    """None leaves it as it is. A `url` is fetched when it is another one, or when it has failed."""

    principal: Principal
    set_id: AttachmentSetId
    attachment_id: SetAttachmentId
    title: str | None
    url: str | None


class ChangeAttachment:
    """Raises NotPermitted, AttachmentSetNotFound, AttachmentNotFound, AttachmentNotInSet, Rejected, UrlRefused,
    NotAnAddress, AttachmentBeingFetched.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        keeper: SetKeeper,
        planner: LinkPlanner,
        links: AttachmentLinks,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._keeper = keeper
        self._planner = planner
        self._links = links
        self._clock = clock

    async def __call__(self, command: ChangeAttachmentCommand) -> ShownAttachment:
        require_manager(command.principal)
        if command.url is not None:
            self._planner.require_fetchable(command.url)
        now = self._clock.now()
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            attachment = await require_in(tx, attachment_set, command.attachment_id)
            before = attachment_set.attachments
            if command.url is not None and attachment_set.redirect(attachment.id, command.url, now=now):
                await self._planner.schedule(tx, attachment, attachment_set.store_id, now=now)
            if command.title is not None:
                attachment_set.retitle(attachment.id, command.title, now=now)
            await self._keeper.save(tx, attachment_set, before=before)
            changed = await require_in(tx, attachment_set, attachment.id)
            media = await tx.media.find(changed.media_id) if changed.media_id else None
            await tx.commit()
        return self._links.shown(changed, media, command.principal)
