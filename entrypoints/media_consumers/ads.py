from adapters.memory.ads import MemoryAds
from adapters.postgres.ads import PostgresAds
from application.ads.slots import ENTITY_TYPES
from domain.ads.repository import Ads
from entrypoints.http.ads.router import ads_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer

ADS = MediaConsumer(
    name="ads",
    entity_types=ENTITY_TYPES,
    postgres={Ads: PostgresAds},
    memory={Ads: MemoryAds},
    routers=ads_routers,
)
