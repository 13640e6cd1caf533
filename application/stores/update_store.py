from dataclasses import dataclass

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.patch import Patch, patched
from application.ports.clock import Clock
from application.stores.media_changes import media_changes
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId, StoreId
from domain.principal import Principal
from domain.stores.repository import Stores
from domain.stores.store import Store, require_manager


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStoreCommand:
    principal: Principal
    store_id: StoreId
    logo_media_id: Patch[MediaId]
    banner_media_id: Patch[MediaId]


class UpdateStore:
    """A store that is not known yet is from here on.

    Raises StoreNotFound, NotPermitted, MediaNotAttachable, Rejected.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock

    async def __call__(self, command: UpdateStoreCommand) -> Store:
        require_manager(command.store_id, command.principal)
        now = self._clock.now()
        async with self._begin() as tx:
            stores = tx.repository(Stores)
            store = await stores.lock(command.store_id) or Store.introduce(store_id=command.store_id, now=now)
            old_logo, old_banner = store.logo, store.banner
            store.show(
                logo_media_id=patched(command.logo_media_id, store.logo_media_id),
                banner_media_id=patched(command.banner_media_id, store.banner_media_id),
                now=now,
            )
            uses = store.uses_beyond(logo=old_logo, banner=old_banner)
            await self._reconcile(tx, *media_changes(store, old_logo=old_logo, old_banner=old_banner), uses=uses)
            await judge_uses(tx, uses)
            await stores.save(store)
            await tx.commit()
        return store
