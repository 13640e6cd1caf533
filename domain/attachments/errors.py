from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.attachments.attachment import Attachment
from domain.errors import Conflict
from domain.ids import MediaId


class UnknownEntityType(Conflict):
    """No consumer has registered it. It may yet be: a newer version is being rolled out, say."""

    code = "UNKNOWN_ENTITY_TYPE"

    def __init__(self, name: str) -> None:
        super().__init__(f"no consumer has registered the entity type {name!r}")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """A protected use, since when."""

    entity_type: str
    entity_id: UUID
    since: datetime


class MediaProtected(Conflict):
    """It cannot be deleted while these use it."""

    code = "MEDIA_PROTECTED"

    def __init__(self, media_id: MediaId, protected: Iterable[Attachment]) -> None:
        self.media_id = media_id
        self.blockers: Sequence[Blocker] = [
            Blocker(entity_type=use.entity_type, entity_id=use.entity_id, since=use.created_at) for use in protected
        ]
        named = ", ".join(f"{blocker.entity_type} {blocker.entity_id}" for blocker in self.blockers[:5])
        more = f" and {len(self.blockers) - 5} more" if len(self.blockers) > 5 else ""  # noqa: PLR2004 - as above
        super().__init__(f"media {media_id} is used by {named}{more}: end those uses first")
