from collections.abc import Sequence

from litestar import Router

from adapters.memory.attachment_sets import MemoryAttachmentSets
from adapters.memory.set_owners import MemoryKits, MemoryParts
from adapters.postgres.attachment_sets import PostgresAttachmentSets
from adapters.postgres.set_owners import PostgresKits, PostgresParts
from application.attachment_sets.slots import ENTITY_TYPES
from domain.attachment_sets.repository import AttachmentSets
from domain.kits.kit import Kits
from domain.parts.part import Parts
from entrypoints.http.attachment_sets.router import attachment_sets_routers
from entrypoints.http.set_owners.router import set_owners_routers
from entrypoints.media_consumers.media_consumer import MediaConsumer, Toolbox


def _routers(tools: Toolbox) -> Sequence[Router]:
    return [*attachment_sets_routers(tools), *set_owners_routers(tools)]


ATTACHMENT_SETS = MediaConsumer(
    name="attachment sets",
    entity_types=ENTITY_TYPES,
    postgres={AttachmentSets: PostgresAttachmentSets, Parts: PostgresParts, Kits: PostgresKits},
    memory={AttachmentSets: MemoryAttachmentSets, Parts: MemoryParts, Kits: MemoryKits},
    routers=_routers,
)
