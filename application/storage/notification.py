"""What an object store tells of its objects, in one form for all stores."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ObjectChange(StrEnum):
    """`REMOVED`: no longer to be had under its key, though an older version may lie in the store."""

    CREATED = "created"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageNotification:
    """Late, repeated and out of order, as stores tell it: a reason to look, no proof. `size` in bytes; what the store
    left out is None. `identity` is the same however often it is told.
    """

    change: ObjectChange
    bucket: str
    key: str
    size: int | None
    etag: str | None
    at: datetime | None
    identity: str
