"""How the store shows itself. There is one: the one that is seeded."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from application.patch import Patch
from application.stores.get_store import GetStore, StoreQuery
from application.stores.update_store import UpdateStore, UpdateStoreCommand
from domain.ids import MediaId, StoreId
from domain.stores.store import Store, StoreNotFound
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material, unsuited


class StoreEntry(Entry, frozen=True):
    logo: Key | None = None
    banner: Key | None = None


def _rules(entry: StoreEntry, material: Material) -> Iterator[Flaw]:
    now = datetime.now(UTC)
    store = Store.introduce(store_id=StoreId(uuid4()), now=now)
    store.show(
        logo_media_id=material.media_id(entry.logo) if entry.logo else None,
        banner_media_id=material.media_id(entry.banner) if entry.banner else None,
        now=now,
    )
    return unsuited(store.uses_beyond(logo=[], banner=[]), material)


class StoreLoader(Loader[StoreEntry]):
    def __init__(self, tools: SeedTools) -> None:
        self._principal, self._loaded = tools.principal, tools.loaded
        box = tools.toolbox
        self._get = GetStore(begin=box.begin)
        self._update = UpdateStore(begin=box.begin, reconcile=box.reconcile, clock=box.clock)

    async def find(self, entry: StoreEntry) -> UUID | None:  # noqa: ARG002 - one store has one entry
        try:
            return (await self._get(StoreQuery(principal=self._principal, store_id=self._principal.store_id))).id
        except StoreNotFound:
            return None

    async def make(self, entry: StoreEntry) -> UUID:
        command = UpdateStoreCommand(
            principal=self._principal,
            store_id=self._principal.store_id,
            logo_media_id=self._media(entry.logo),
            banner_media_id=self._media(entry.banner),
        )
        return (await self._update(command)).id

    def _media(self, key: Key | None) -> Patch[MediaId]:
        return MediaId(self._loaded.id_of("media", key)) if key else None


STORES = Context(
    name="stores",
    entry=StoreEntry,
    loader=StoreLoader,
    references={"logo": "media", "banner": "media"},
    rules=_rules,
    most=1,
)
