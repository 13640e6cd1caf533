"""Why a file cannot be served."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import DomainError


class FailureCode(StrEnum):
    CHECKSUM_MISMATCH = "CHECKSUM_MISMATCH"
    SIZE_MISMATCH = "SIZE_MISMATCH"
    CONTENT_TYPE_MISMATCH = "CONTENT_TYPE_MISMATCH"
    UNREADABLE_MEDIA = "UNREADABLE_MEDIA"
    PIXEL_LIMIT_EXCEEDED = "PIXEL_LIMIT_EXCEEDED"
    DURATION_LIMIT_EXCEEDED = "DURATION_LIMIT_EXCEEDED"
    DECODER_CRASHED = "DECODER_CRASHED"
    TRANSCODE_FAILED = "TRANSCODE_FAILED"
    TIMEOUT = "TIMEOUT"
    ZIP_FAILED = "ZIP_FAILED"
    NOT_UPLOADED = "NOT_UPLOADED"
    UPLOAD_EXPIRED = "UPLOAD_EXPIRED"
    URL_INVALID = "URL_INVALID"
    ADDRESS_FORBIDDEN = "ADDRESS_FORBIDDEN"
    TOO_MANY_REDIRECTS = "TOO_MANY_REDIRECTS"
    SITE_REFUSED = "SITE_REFUSED"
    SITE_UNREACHABLE = "SITE_UNREACHABLE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    INTERNAL_ERROR = "INTERNAL_ERROR"

    @property
    def may_pass(self) -> bool:
        """True when another attempt at the same bytes may end better (a neighbour took the memory, say)."""
        return self in {
            FailureCode.DECODER_CRASHED,
            FailureCode.TRANSCODE_FAILED,
            FailureCode.TIMEOUT,
            FailureCode.ZIP_FAILED,
            FailureCode.SITE_UNREACHABLE,
            FailureCode.INTERNAL_ERROR,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A code for machines and a sentence for people."""

    code: FailureCode
    detail: str


class MediaRejected(DomainError):
    """The bytes are not what they should be, or could not be processed. Concerns this one file only."""

    code = "MEDIA_REJECTED"

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(code=code, detail=detail)
