from collections.abc import Collection
from dataclasses import dataclass

from domain.media.errors import MediaTypeNotAllowed
from domain.media.kind import POLICIES, MediaKind, SizeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTerms:
    """Which files are taken. A context that has files uploaded for itself may be stricter than their kind, and have
    sizes of its own.

    `what` completes "... cannot be video/mp4"; `mime_types` is None where every type is taken.
    """

    what: str
    mime_types: Collection[str] | None
    limits: SizeLimits

    @classmethod
    def of_kind(cls, kind: MediaKind, limits: SizeLimits) -> "UploadTerms":
        return cls(what=f"media of kind {kind}", mime_types=POLICIES[kind].mime_types, limits=limits)

    @property
    def largest(self) -> int:
        """What a file may have at most, whatever its type turns out to be, in bytes."""
        if self.mime_types is None:
            return max(self.limits.by_class.values())
        return max(self.limits.of(each) for each in self.mime_types)

    def require_allowed(self, mime_type: str) -> None:
        """Raises MediaTypeNotAllowed."""
        if self.mime_types is not None and mime_type not in self.mime_types:
            raise MediaTypeNotAllowed(self.what, mime_type, allowed=self.mime_types)
