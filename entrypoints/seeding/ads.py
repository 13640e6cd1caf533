"""Advertisements of the store."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

from application.ads.create_ad import CreateAd, CreateAdCommand
from application.ads.list_ads import ListAds, ListAdsQuery
from domain.ads.ad import Ad, Creative
from domain.ids import AdId, MediaId, StoreId
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key, Part
from entrypoints.seeding.material import Flaw, Material, unsuited
from entrypoints.seeding.pages import PAGE, Known, all_of


class CreativeEntry(Part, frozen=True):
    media: Key
    headline: Line | None = None


class AdEntry(Entry, frozen=True):
    """`creatives` in the order in which they are shown."""

    title: Line
    creatives: list[CreativeEntry]


def _rules(entry: AdEntry, material: Material) -> Iterator[Flaw]:
    ad = Ad.create(
        ad_id=AdId(uuid4()),
        store_id=StoreId(uuid4()),
        title=entry.title,
        creatives=[Creative(media_id=material.media_id(each.media)) for each in entry.creatives],
        now=datetime.now(UTC),
    )
    return unsuited(ad.uses_beyond([]), material)


class AdLoader(Loader[AdEntry]):
    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        box = tools.toolbox
        self._list = ListAds(begin=box.begin)
        self._create = CreateAd(begin=box.begin, reconcile=box.reconcile, clock=box.clock, ids=box.ids)
        self._known = Known(partial(all_of, self._page), by=lambda ad: ad.title)

    async def find(self, entry: AdEntry) -> UUID | None:
        known = await self._known.find(entry.title)
        return known.id if known else None

    async def make(self, entry: AdEntry) -> UUID:
        creatives = [
            Creative(media_id=MediaId(self._tools.loaded.id_of("media", each.media)), headline=each.headline)
            for each in entry.creatives
        ]
        command = CreateAdCommand(principal=self._tools.principal, title=entry.title, creatives=creatives)
        return (await self._create(command)).id

    async def _page(self, before: AdId | None) -> tuple[Sequence[Ad], AdId | None]:
        page = await self._list(ListAdsQuery(principal=self._tools.principal, before=before, limit=PAGE))
        return page.ads, page.next_before


ADS = Context(
    name="ads",
    entry=AdEntry,
    loader=AdLoader,
    references={"creatives/*/media": "media"},
    identity=lambda entry: entry.title,
    known_by="title",
    rules=_rules,
)
