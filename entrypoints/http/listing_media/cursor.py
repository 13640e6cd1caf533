"""Where a page ends, in a form that tells clients nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from domain.errors import Rejected, Violation

_VERSION = b"\x01"
_PADDING = "="


def encode_cursor(last: UUID) -> str:
    return urlsafe_b64encode(_VERSION + last.bytes).decode().rstrip(_PADDING)


def decode_cursor(cursor: str) -> UUID:
    """Raises Rejected unless `encode_cursor` has made it."""
    try:
        raw = urlsafe_b64decode(cursor + _PADDING * (-len(cursor) % 4))
        last = UUID(bytes=raw.removeprefix(_VERSION))
    except (ValueError, Error):
        last = None
    if last is None or encode_cursor(last) != cursor:
        violation = Violation("/cursor", "FORMAT", "this is not a nextCursor of ours")
        raise Rejected("the cursor is not one of ours", [violation])
    return last
