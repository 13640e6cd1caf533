"""Where ledger, entities, blobs and bucket say different things."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.ids import BlobId, MediaId, StoreId


class Drift(StrEnum):
    """What is found, and what `--repair` does about it."""

    UNRECORDED_USE = "UNRECORDED_USE"
    """An entity uses a media, and the ledger does not know: written down."""
    STALE_USE = "STALE_USE"
    """The ledger says that an entity uses a media, and it does not: struck out."""
    DANGLING_REFERENCE = "DANGLING_REFERENCE"
    """An entity refers to a media that is deleted or never was usable: detached."""
    FOREIGN_USE = "FOREIGN_USE"
    """An entity uses a media of another store: a person decides."""
    UNKNOWN_ENTITY_TYPE = "UNKNOWN_ENTITY_TYPE"
    """Nobody has registered what the ledger names: a person decides."""
    USAGE_COUNT = "USAGE_COUNT"
    """A media counts its usages wrongly: counted anew."""
    HOLDER_COUNT = "HOLDER_COUNT"
    """A blob counts its media wrongly: counted anew."""
    MISSING_BLOB = "MISSING_BLOB"
    """A media has arrived, and holds no bytes: a person decides."""
    MISSING_OBJECT = "MISSING_OBJECT"
    """The object of a blob that is held is gone: the alarm is raised, as by a notification of the store, unless
    somebody is just uploading these bytes.
    """
    WRONG_SIZE = "WRONG_SIZE"
    """The object of a blob has another size: a person decides."""
    ORPHAN_OBJECT = "ORPHAN_OBJECT"
    """Bytes that no row knows of: condemned, so that the collector takes them after its time of grace. Where no row can
    be made of them (their key does not tell their hash, or that of others, or they have one elsewhere), two days old
    at least and awaited by nobody: deleted.
    """
    ORPHAN_RENDITION = "ORPHAN_RENDITION"
    """A rendition, a day old at least, that no media serves: deleted."""
    STALE_STAGING = "STALE_STAGING"
    """An upload, two days old at least, that nobody waits for: deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    drift: Drift
    detail: str
    store_id: StoreId | None = None
    media_id: MediaId | None = None
    blob_id: BlobId | None = None
    entity_type: str | None = None
    entity_id: UUID | None = None
    key: str | None = None
    repaired: bool = False
