from adapters.memory.licenses import MemoryLicenses
from adapters.postgres.licenses import PostgresLicenses
from application.licenses.slots import ENTITY_TYPES
from domain.licenses.repository import Licenses
from entrypoints.http.licenses.router import licenses_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer

LICENSES = MediaConsumer(
    name="licenses",
    entity_types=ENTITY_TYPES,
    postgres={Licenses: PostgresLicenses},
    memory={Licenses: MemoryLicenses},
    routers=licenses_routers,
)
