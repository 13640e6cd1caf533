from collections.abc import Iterable, Mapping

from domain.assets.failure import Failure
from domain.errors import Conflict, NotFound, PreconditionFailed, Rejected, TooLarge, UnsupportedType, Violation
from domain.ids import MediaId
from domain.media.obstacle import Obstacle


class MediaNotFound(NotFound):
    """Missing, deleted, or of another store: nobody can tell which."""

    code = "MEDIA_NOT_FOUND"

    def __init__(self, media_id: MediaId) -> None:
        super().__init__(f"there is no media {media_id} in your store")
        self.media_id = media_id


class MediaTooLarge(TooLarge):
    code = "MEDIA_TOO_LARGE"

    def __init__(self, limit: int) -> None:
        super().__init__(f"this may have {limit} bytes at most")
        self.limit = limit


class MediaTypeNotAllowed(UnsupportedType):
    code = "MEDIA_TYPE_NOT_ALLOWED"

    def __init__(self, what: str, mime_type: str, *, allowed: Iterable[str]) -> None:
        super().__init__(f"{what} cannot be {mime_type}; it can be {', '.join(sorted(allowed))}")
        self.mime_type = mime_type


class MediaUnreadable(Rejected):
    """It begins as an image does, and no decoder makes one of it, or one that is allowed. The violation has the very
    code that the media fails with.
    """

    code = "UNREADABLE_MEDIA"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail, [Violation("/file", failure.code, failure.detail)])
        self.failure = failure


class MediaNotArrived(Conflict):
    code = "MEDIA_NOT_ARRIVED"

    def __init__(self, media_id: MediaId, remedy: str = "upload it again") -> None:
        super().__init__(f"the file of media {media_id} has not been uploaded; {remedy}")
        self.media_id = media_id


class MediaMismatch(Conflict):
    """What arrived is not what was announced. Upload the right bytes, or announce anew."""

    code = "MEDIA_MISMATCH"


class MediaNotPending(Conflict):
    code = "MEDIA_NOT_PENDING"

    def __init__(self, media_id: MediaId, status: str, failure: Failure | None = None) -> None:
        """`failure` is why it awaits none any more."""
        reason = "and awaits no upload" if failure is None else f"{failure.detail}; announce or upload the file again"
        found = [] if failure is None else [Violation("", failure.code, failure.detail)]
        super().__init__(f"media {media_id} is {status}, {reason}", found)
        self.media_id = media_id


class MediaChanged(PreconditionFailed):
    code = "MEDIA_CHANGED"

    def __init__(self, media_id: MediaId) -> None:
        super().__init__(f"media {media_id} was changed since you read it; GET it again and repeat with its new ETag")
        self.media_id = media_id


class MediaNotAttachable(Conflict):
    """Some media cannot be used. `violations` has each of them, at the JSON pointer that `pointers` has for it."""

    code = "MEDIA_NOT_ATTACHABLE"

    def __init__(self, obstacles: Mapping[MediaId, Obstacle], pointers: Mapping[MediaId, str] | None = None) -> None:
        self.media_ids = tuple(obstacles)
        violations = [
            Violation((pointers or {}).get(media_id, ""), obstacle.value, obstacle.of(media_id))
            for media_id, obstacle in obstacles.items()
        ]
        more = f"; and {len(violations) - 1} more, see errors" if len(violations) > 1 else ""
        super().__init__(f"{violations[0].detail}{more}", violations)

    @classmethod
    def unknown(cls, *media_ids: MediaId, at: str = "") -> "MediaNotAttachable":
        """To whoever asks they do not exist."""
        return cls(dict.fromkeys(media_ids, Obstacle.NOT_FOUND), dict.fromkeys(media_ids, at))
