from adapters.memory.products import MemoryProducts
from adapters.postgres.products import PostgresProducts
from application.products.slots import ENTITY_TYPES
from domain.products.repository import Products
from entrypoints.http.products.router import products_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer

PRODUCTS = MediaConsumer(
    name="products",
    entity_types=ENTITY_TYPES,
    postgres={Products: PostgresProducts},
    memory={Products: MemoryProducts},
    routers=products_routers,
)
