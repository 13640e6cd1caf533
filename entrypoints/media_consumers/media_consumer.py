"""The one registration of a context whose entities use media."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Router

from adapters.memory.unit_of_work import MemoryRepositories
from adapters.postgres.unit_of_work import PostgresRepositories
from application.attachments.entity_types import EntityType, EntityTypes
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.media.media_links import MediaLinks
from application.media.upload_media import UploadMedia
from application.ports.auth import TokenVerifier
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.log import Log
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """What the use cases and endpoints of a consumer are made with."""

    begin: UnitOfWorkFactory
    reconcile: ReconcileAttachments
    token_verifier: TokenVerifier
    clock: Clock
    ids: Ids
    log: Log
    upload: UploadMedia
    media_links: MediaLinks
    telemetry: Telemetry
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConsumer:
    """`entity_types` are its slots that use media; `postgres` and `memory` make its repositories, by port; `routers`
    its endpoints. The core knows none of this: it is handed in where a process is composed.
    """

    name: str
    entity_types: Sequence[EntityType]
    postgres: PostgresRepositories
    memory: MemoryRepositories
    routers: Callable[[Toolbox], Sequence[Router]]


def registered_types(consumers: Sequence[MediaConsumer]) -> EntityTypes:
    """Raises ValueError when two consumers give a slot one name."""
    return EntityTypes(entity_type for consumer in consumers for entity_type in consumer.entity_types)


def postgres_repositories(consumers: Sequence[MediaConsumer]) -> PostgresRepositories:
    return _merged([consumer.postgres for consumer in consumers])


def memory_repositories(consumers: Sequence[MediaConsumer]) -> MemoryRepositories:
    return _merged([consumer.memory for consumer in consumers])


def _merged(parts: Sequence[Mapping[type, Any]]) -> dict[type, Any]:
    return {port: make for part in parts for port, make in part.items()}
