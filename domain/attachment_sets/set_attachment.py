"""What hangs on a part or a kit: an image, a PDF, or an address of the web."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import Failure
from domain.errors import Rejected, Violation
from domain.ids import MediaId, SetAttachmentId, UserId
from domain.media.content_class import SVG
from domain.media.media import Media
from domain.media.wording import name_violations

MAX_TITLE = 255


class AttachmentType(StrEnum):
    IMAGE = "IMAGE"
    PDF = "PDF"
    URL = "URL"


_TYPES = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp", SVG), AttachmentType.IMAGE),
    "application/pdf": AttachmentType.PDF,
}
ACCEPTED_FILES = frozenset(_TYPES)
"""MIME types of files that can be attached, as their bytes prove them."""
PREVIEWS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Those of pictures that can stand for a page."""


class FetchStatus(StrEnum):
    """Of an address. Only a worker goes there."""

    FETCHING = "FETCHING"
    FETCHED = "FETCHED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAttachment:
    """`media_id` holds the bytes of an IMAGE or a PDF; of a URL those of a picture that previews it, if there is one.
    `url` is where it came from, None where it did not come from the web; `fetch` and `failure` are about that. It
    `has_own_title` when a person gave it one. `size` in bytes. `user_id` has attached it.
    """

    id: SetAttachmentId
    user_id: UserId
    type: AttachmentType
    title: str
    has_own_title: bool = True
    media_id: MediaId | None = None
    url: str | None = None
    filename: str | None = None
    content_type: str | None = None
    size: int | None = None
    fetch: FetchStatus | None = None
    failure: Failure | None = None
    created_at: datetime

    @classmethod
    def of_media(
        cls, *, attachment_id: SetAttachmentId, user_id: UserId, title: str, media: Media, now: datetime
    ) -> "SetAttachment":
        """Raises Rejected for a title or a type that no attachment can have."""
        return cls(
            id=attachment_id,
            user_id=user_id,
            type=type_of(media.mime_type),
            title=checked_title(title),
            media_id=media.id,
            filename=media.original_name,
            content_type=media.mime_type,
            size=media.size,
            created_at=now,
        )

    @classmethod
    def of_address(
        cls, *, attachment_id: SetAttachmentId, user_id: UserId, title: str | None, url: str, now: datetime
    ) -> "SetAttachment":
        """Of a fetchable one. A worker finds out what it is; until then, and without a title, it is called by its
        address. Raises Rejected.
        """
        return cls(
            id=attachment_id,
            user_id=user_id,
            type=AttachmentType.URL,
            title=url[:MAX_TITLE] if title is None else checked_title(title),
            has_own_title=title is not None,
            url=url,
            fetch=FetchStatus.FETCHING,
            created_at=now,
        )

    @property
    def media_ids(self) -> list[MediaId]:
        """What it uses, as the ledger wants it."""
        return [self.media_id] if self.media_id else []

    def titled(self, found: str | None) -> str:
        """What it is called once something is found that is called so."""
        return self.title if self.has_own_title or not found else found


def type_of(mime_type: str) -> AttachmentType:
    """Raises Rejected for what cannot be attached."""
    if mime_type not in _TYPES:
        detail = f"one of {', '.join(sorted(_TYPES))}, not {mime_type}"
        raise Rejected(
            "an attachment is an image, a PDF or an address",
            [Violation("/mediaId", "MEDIA_TYPE_NOT_ALLOWED", detail)],
        )
    return _TYPES[mime_type]


def checked_title(title: str) -> str:
    """Raises Rejected."""
    violations = list(name_violations("/title", title))
    if violations:
        raise Rejected("the title cannot be used; see errors", violations)
    return title
