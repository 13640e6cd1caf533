from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import StoreId
from domain.principal import Principal
from domain.stores.repository import Stores
from domain.stores.store import Store, StoreNotFound, require_own


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreQuery:
    principal: Principal
    store_id: StoreId


class GetStore:
    """For everybody in the store. Raises StoreNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: StoreQuery) -> Store:
        require_own(query.store_id, query.principal)
        async with self._begin() as tx:
            store = await tx.repository(Stores).find(query.store_id)
        if store is None:
            raise StoreNotFound(query.store_id)
        return store
