from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.get_owner import ShownOwner
from application.attachment_sets.owner_sort import OwnerSort
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.set_owner import SetOwner
from domain.principal import Principal

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOwnersQuery:
    """`limit` of them older than `before`, or the newest."""

    principal: Principal
    before: UUID | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPage(Generic[Owner]):
    """Newest first; `next_before` is None on the last page."""

    owners: Sequence[ShownOwner[Owner]]
    next_before: UUID | None


class ListOwners(Generic[Owner]):
    """For everybody in the store; one query, covers included."""

    def __init__(self, *, sort: OwnerSort[Owner], begin: UnitOfWorkFactory, links: AttachmentLinks) -> None:
        self._sort = sort
        self._begin = begin
        self._links = links

    async def __call__(self, query: ListOwnersQuery) -> OwnerPage[Owner]:
        async with self._begin() as tx:
            found = await tx.repository(self._sort.repository).of_store(
                query.principal.store_id, before=query.before, limit=query.limit + 1
            )
        owners = [
            ShownOwner(owner=each.owner, cover_url=self._links.cover_url(each.cover, query.principal))
            for each in found[: query.limit]
        ]
        return OwnerPage(owners=owners, next_before=owners[-1].owner.id if len(found) > len(owners) else None)
