from dataclasses import dataclass
from typing import Generic, TypeVar

from application.attachment_sets.owner_sort import OwnerSort
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.errors import require_manager
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import AttachmentSetId
from domain.principal import Principal

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOwnerCommand:
    principal: Principal
    name: str


class CreateOwner(Generic[Owner]):
    """With its set, or not at all. Raises NotPermitted, Rejected."""

    def __init__(self, *, sort: OwnerSort[Owner], begin: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._sort = sort
        self._begin = begin
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CreateOwnerCommand) -> Owner:
        require_manager(command.principal)
        now, store_id = self._clock.now(), command.principal.store_id
        attachment_set = AttachmentSet.empty(set_id=AttachmentSetId(self._ids.new()), store_id=store_id, now=now)
        owner = self._sort.owner.create(
            owner_id=self._ids.new(),
            store_id=store_id,
            name=command.name,
            attachment_set_id=attachment_set.id,
            now=now,
        )
        async with self._begin() as tx:
            await tx.repository(AttachmentSets).save(attachment_set)
            await tx.repository(self._sort.repository).save(owner)
            await tx.commit()
        return owner
