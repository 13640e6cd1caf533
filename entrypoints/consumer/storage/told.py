"""What one notification says, before anybody asked whether it makes sense."""

from dataclasses import dataclass
from datetime import datetime

from application.storage.notification import ObjectChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`pointer` leads to the place in the message where the object stands. `mark` tells this change from all others of
    the object: a sequencer, a version, a generation.
    """

    pointer: str
    change: ObjectChange
    bucket: str
    key: str
    size: int | None = None
    etag: str | None = None
    at: datetime | None = None
    mark: str | None = None
