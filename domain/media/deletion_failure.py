"""Why the deletion worker has given up on a media, for now."""

from dataclasses import dataclass
from enum import StrEnum


class DeletionFailureCode(StrEnum):
    """`MEDIA_PROTECTED`: a protected use was found behind the gatekeeper. `DETACHMENT_FAILED`: whoever uses it could
    not let it go.
    """

    UNKNOWN_ENTITY_TYPE = "UNKNOWN_ENTITY_TYPE"
    MEDIA_PROTECTED = "MEDIA_PROTECTED"
    DETACHMENT_FAILED = "DETACHMENT_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionFailure:
    """A code for machines and a sentence for people."""

    code: DeletionFailureCode
    detail: str
