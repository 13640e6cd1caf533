from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.owner_sort import OwnerSort
from application.unit_of_work import UnitOfWorkFactory
from domain.attachment_sets.set_owner import SetOwner
from domain.principal import Principal

Owner = TypeVar("Owner", bound=SetOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerQuery:
    principal: Principal
    owner_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOwner(Generic[Owner]):
    """`cover_url` is a picture of its cover; None where there is none."""

    owner: Owner
    cover_url: str | None


class GetOwner(Generic[Owner]):
    """For everybody in the store. Raises OwnerNotFound."""

    def __init__(self, *, sort: OwnerSort[Owner], begin: UnitOfWorkFactory, links: AttachmentLinks) -> None:
        self._sort = sort
        self._begin = begin
        self._links = links

    async def __call__(self, query: OwnerQuery) -> ShownOwner[Owner]:
        async with self._begin() as tx:
            found = await tx.repository(self._sort.repository).find(query.owner_id)
        owner = self._sort.owner.visible_to(found.owner if found else None, query.owner_id, query.principal)
        return ShownOwner(owner=owner, cover_url=self._links.cover_url(found.cover if found else None, query.principal))
