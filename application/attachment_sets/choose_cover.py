from dataclasses import dataclass

from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.scope import lock_set, require_in
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.repository import AttachmentSets
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseCoverCommand:
    principal: Principal
    set_id: AttachmentSetId
    attachment_id: SetAttachmentId


class ChooseCover:
    """Any attachment of the set; answers the new cover. May be repeated.

    Raises NotPermitted, AttachmentSetNotFound, AttachmentNotFound, AttachmentNotInSet.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, keeper: SetKeeper, links: AttachmentLinks, clock: Clock) -> None:
        self._begin = begin
        self._keeper = keeper
        self._links = links
        self._clock = clock

    async def __call__(self, command: ChooseCoverCommand) -> ShownAttachment:
        require_manager(command.principal)
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            cover = await require_in(tx, attachment_set, command.attachment_id)
            media = await tx.media.find(cover.media_id) if cover.media_id else None
            change = attachment_set.choose_cover(cover.id, now=self._clock.now())
            if change is not None:
                await tx.repository(AttachmentSets).save(attachment_set)
                await tx.commit()
        self._keeper.cover_changed(change)
        return self._links.shown(cover, media, command.principal)
