from dataclasses import dataclass

from application.attachment_sets.scope import lock_set
from application.attachment_sets.set_keeper import SetKeeper
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.repository import AttachmentSets
from domain.ids import AttachmentSetId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCoverCommand:
    principal: Principal
    set_id: AttachmentSetId


class ClearCover:
    """There is none until the next image comes, or one is chosen. May be repeated.

    Raises NotPermitted, AttachmentSetNotFound.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, keeper: SetKeeper, clock: Clock) -> None:
        self._begin = begin
        self._keeper = keeper
        self._clock = clock

    async def __call__(self, command: ClearCoverCommand) -> None:
        require_manager(command.principal)
        async with self._begin() as tx:
            attachment_set = await lock_set(tx, command.set_id, command.principal)
            change = attachment_set.clear_cover(now=self._clock.now())
            if change is not None:
                await tx.repository(AttachmentSets).save(attachment_set)
                await tx.commit()
        self._keeper.cover_changed(change)
