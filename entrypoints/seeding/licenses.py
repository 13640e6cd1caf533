"""Licenses of the store, with their documents."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

from application.licenses.list_licenses import ListLicenses, ListLicensesQuery
from application.licenses.submit_license import SubmitLicense, SubmitLicenseCommand
from domain.ids import LicenseId, MediaId, StoreId
from domain.licenses.license import License
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material, unsuited
from entrypoints.seeding.pages import PAGE, Known, all_of


class LicenseEntry(Entry, frozen=True):
    number: Line
    document: Key


def _rules(entry: LicenseEntry, material: Material) -> Iterator[Flaw]:
    license_ = License.submit(
        license_id=LicenseId(uuid4()),
        store_id=StoreId(uuid4()),
        number=entry.number,
        media_id=material.media_id(entry.document),
        now=datetime.now(UTC),
    )
    for flaw in unsuited(license_.uses_beyond([]), material):
        yield Flaw("document", flaw.detail)


class LicenseLoader(Loader[LicenseEntry]):
    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        box = tools.toolbox
        self._list = ListLicenses(begin=box.begin)
        self._submit = SubmitLicense(begin=box.begin, reconcile=box.reconcile, clock=box.clock, ids=box.ids)
        self._known = Known(partial(all_of, self._page), by=lambda license_: license_.number)

    async def find(self, entry: LicenseEntry) -> UUID | None:
        known = await self._known.find(entry.number)
        return known.id if known else None

    async def make(self, entry: LicenseEntry) -> UUID:
        document = MediaId(self._tools.loaded.id_of("media", entry.document))
        command = SubmitLicenseCommand(principal=self._tools.principal, number=entry.number, media_id=document)
        return (await self._submit(command)).id

    async def _page(self, before: LicenseId | None) -> tuple[Sequence[License], LicenseId | None]:
        page = await self._list(ListLicensesQuery(principal=self._tools.principal, before=before, limit=PAGE))
        return page.licenses, page.next_before


LICENSES = Context(
    name="licenses",
    entry=LicenseEntry,
    loader=LicenseLoader,
    references={"document": "media"},
    identity=lambda entry: entry.number,
    known_by="number",
    rules=_rules,
)
