from adapters.memory.stores import MemoryStores
from adapters.postgres.stores import PostgresStores
from application.stores.slots import ENTITY_TYPES
from domain.stores.repository import Stores
from entrypoints.http.stores.router import stores_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer

STORES = MediaConsumer(
    name="stores",
    entity_types=ENTITY_TYPES,
    postgres={Stores: PostgresStores},
    memory={Stores: MemoryStores},
    routers=stores_routers,
)
