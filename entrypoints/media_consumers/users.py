from adapters.memory.users import MemoryUsers
from adapters.postgres.users import PostgresUsers
from application.users.slots import ENTITY_TYPES
from domain.users.repository import Users
from entrypoints.http.users.router import users_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer

USERS = MediaConsumer(
    name="users",
    entity_types=ENTITY_TYPES,
    postgres={Users: PostgresUsers},
    memory={Users: MemoryUsers},
    routers=users_routers,
)
