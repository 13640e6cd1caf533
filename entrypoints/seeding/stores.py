"""How the store shows itself. There is one: the one that is seeded."""

from uuid import UUID

from application.patch import Patch
from application.stores.get_store import GetStore, StoreQuery
from application.stores.update_store import UpdateStore, UpdateStoreCommand
from domain.ids import MediaId
from domain.stores.store import StoreNotFound
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key


class StoreEntry(Entry, frozen=True):
    logo: Key | None = None
    banner: Key | None = None


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
    most=1,
)
