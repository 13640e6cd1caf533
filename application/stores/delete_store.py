from dataclasses import dataclass

from application.attachments.reconcile_attachments import ReconcileAttachments
from application.stores.media_changes import media_changes
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import StoreId
from domain.principal import Principal
from domain.stores.repository import Stores
from domain.stores.store import require_manager


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStoreCommand:
    principal: Principal
    store_id: StoreId


class DeleteStore:
    """Lets go of logo and banner first. One that is gone is no error. Raises StoreNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, command: DeleteStoreCommand) -> None:
        require_manager(command.store_id, command.principal)
        async with self._begin() as tx:
            stores = tx.repository(Stores)
            store = await stores.lock(command.store_id)
            if store is None:
                return
            await self._reconcile(tx, *media_changes(store, old_logo=store.logo, old_banner=store.banner, gone=True))
            await stores.remove(store)
            await tx.commit()
