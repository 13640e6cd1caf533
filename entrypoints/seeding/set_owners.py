"""Parts and kits, with their attachment sets."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.create_owner import CreateOwner, CreateOwnerCommand
from application.attachment_sets.list_owners import ListOwners, ListOwnersQuery
from application.attachment_sets.owner_sort import KITS as KIT_SORT
from application.attachment_sets.owner_sort import PARTS as PART_SORT
from application.attachment_sets.owner_sort import OwnerSort
from domain.attachment_sets.set_owner import SetOwner
from domain.ids import AttachmentSetId, StoreId
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material, flaws
from entrypoints.seeding.pages import PAGE, Known, all_of

Owner = TypeVar("Owner", bound=SetOwner)


class OwnerEntry(Entry, frozen=True):
    """Without an `attachment_set` its set stays empty."""

    name: str
    attachment_set: Key | None = None


class OwnerLoader(Loader[OwnerEntry], Generic[Owner]):
    """The set is made with its owner, so this brings both."""

    def __init__(self, sort: OwnerSort[Owner], tools: SeedTools) -> None:
        self._tools = tools
        box = tools.toolbox
        links = AttachmentLinks(links=box.media_links)
        self._list = ListOwners(sort=sort, begin=box.begin, links=links)
        self._create = CreateOwner(sort=sort, begin=box.begin, clock=box.clock, ids=box.ids)
        self._known = Known(partial(all_of, self._page), by=lambda owner: owner.name)

    async def find(self, entry: OwnerEntry) -> UUID | None:
        owner = await self._known.find(entry.name)
        return self._noted(entry, owner, new=False) if owner else None

    async def make(self, entry: OwnerEntry) -> UUID:
        owner = await self._create(CreateOwnerCommand(principal=self._tools.principal, name=entry.name))
        return self._noted(entry, owner, new=True)

    def _noted(self, entry: OwnerEntry, owner: Owner, *, new: bool) -> UUID:
        if entry.attachment_set is not None:
            self._tools.loaded.note("attachment_sets", entry.attachment_set, owner.attachment_set_id, new=new)
        return owner.id

    async def _page(self, before: UUID | None) -> tuple[Sequence[Owner], UUID | None]:
        page = await self._list(ListOwnersQuery(principal=self._tools.principal, before=before, limit=PAGE))
        return [each.owner for each in page.owners], page.next_before


def _rules_of(sort: OwnerSort[Owner]) -> Callable[[OwnerEntry, Material], Iterator[Flaw]]:
    def rules(entry: OwnerEntry, material: Material) -> Iterator[Flaw]:  # noqa: ARG001 - they look at the entry alone
        return flaws(
            lambda: sort.owner.create(
                owner_id=uuid4(),
                store_id=StoreId(uuid4()),
                name=entry.name,
                attachment_set_id=AttachmentSetId(uuid4()),
                now=datetime.now(UTC),
            )
        )

    return rules


def _context(name: str, sort: OwnerSort[Owner]) -> Context[OwnerEntry]:
    return Context(
        name=name,
        entry=OwnerEntry,
        loader=lambda tools: OwnerLoader(sort, tools),
        references={"attachmentSet": "attachment_sets"},
        identity=lambda entry: entry.name,
        known_by="name",
        rules=_rules_of(sort),
    )


PARTS = _context("parts", PART_SORT)
KITS = _context("kits", KIT_SORT)
