from entrypoints.media_consumers.media_consumer import MediaConsumer
from tests.toy_gallery.artwork import Artworks
from tests.toy_gallery.endpoints import artworks_routers
from tests.toy_gallery.memory_artworks import MemoryArtworks
from tests.toy_gallery.postgres_artworks import PostgresArtworks
from tests.toy_gallery.slots import ENTITY_TYPE

ARTWORKS = MediaConsumer(
    name="artworks",
    entity_types=[ENTITY_TYPE],
    postgres={Artworks: PostgresArtworks},
    memory={Artworks: MemoryArtworks},
    routers=artworks_routers,
)
