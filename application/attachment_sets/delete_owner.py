from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from application.attachment_sets.owner_sort import OwnerSort
from application.attachment_sets.set_keeper import SetKeeper
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_owner import SetOwner
from domain.principal import Principal

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteOwnerCommand:
    principal: Principal
    owner_id: UUID


class DeleteOwner(Generic[Owner]):
    """With its set and all attachments; their media are released, and stay in the library. Raises OwnerNotFound,
    NotPermitted.
    """

    def __init__(self, *, sort: OwnerSort[Owner], begin: UnitOfWorkFactory, keeper: SetKeeper) -> None:
        self._sort = sort
        self._begin = begin
        self._keeper = keeper

    async def __call__(self, command: DeleteOwnerCommand) -> None:
        require_manager(command.principal)
        async with self._begin() as tx:
            owners, sets = tx.repository(self._sort.repository), tx.repository(AttachmentSets)
            owner = self._sort.owner.visible_to(
                await owners.lock(command.owner_id), command.owner_id, command.principal
            )
            attachment_set = await sets.lock(owner.attachment_set_id)
            assert attachment_set is not None, "the database does not let an owner be without its set"
            await self._keeper.release_all(tx, attachment_set)
            # The owner first: while it lives, nobody can remove its set.
            await owners.remove(owner)
            await sets.remove(attachment_set)
            await tx.commit()
        self._keeper.all_deleted(attachment_set)
