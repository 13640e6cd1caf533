from dataclasses import dataclass

from application.attachment_sets.scope import lock_set, require_in
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAttachmentCommand:
    principal: Principal
    set_id: AttachmentSetId
    attachment_id: SetAttachmentId


class DeleteAttachment:
    """Its media is released, and stays in the library. The oldest image that is left succeeds a cover.

    Raises NotPermitted, AttachmentSetNotFound, AttachmentNotFound, AttachmentNotInSet.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, keeper: SetKeeper, clock: Clock) -> None:
        self._begin = begin
        self._keeper = keeper
        self._clock = clock

    async def __call__(self, command: DeleteAttachmentCommand) -> None:
        require_manager(command.principal)
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            attachment = await require_in(tx, attachment_set, command.attachment_id)
            before = attachment_set.attachments
            removed = attachment_set.remove(attachment.id, now=self._clock.now())
            assert removed is not None, "it was found in this set"
            await self._keeper.save(tx, attachment_set, before=before)
            await tx.commit()
        self._keeper.deleted(removed)
