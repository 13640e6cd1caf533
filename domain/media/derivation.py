"""Of which types something is derived, and by which workers."""

from domain.jobs.task import TaskKind

_STILL = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/heif"),
        "application/pdf",
    }
)
_MOVING = frozenset({"video/mp4", "video/webm", "video/quicktime"})
DERIVED_FROM = _STILL | _MOVING


def workers_for(mime_type: str) -> TaskKind | None:
    """None for a type that is kept as it is."""
    if mime_type in _MOVING:
        return TaskKind.VIDEO
    return TaskKind.IMAGE if mime_type in _STILL else None
