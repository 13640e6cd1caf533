"""Where a page ends, in a form that tells clients nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from domain.attachments.attachment import Place
from domain.errors import Rejected, Violation

_ID, _PLACE = b"\x01", b"\x02"
_PADDING = "="
_BYTES = 16


def encode_cursor(last: UUID) -> str:
    return _encode(_ID + last.bytes)


def decode_cursor(cursor: str) -> UUID:
    """Raises Rejected unless `encode_cursor` has made it."""
    last = UUID(bytes=_decode(cursor, _ID, at_least=_BYTES)[:_BYTES])
    _require_ours(cursor, encode_cursor(last))
    return last


def encode_place(last: Place) -> str:
    entity_type, entity_id, usage_id = last
    return _encode(_PLACE + entity_id.bytes + usage_id.bytes + entity_type.encode())


def decode_place(cursor: str) -> Place:
    """Raises Rejected unless `encode_place` has made it."""
    raw = _decode(cursor, _PLACE, at_least=2 * _BYTES)
    name = raw[2 * _BYTES :].decode(errors="replace")
    last = (name, UUID(bytes=raw[:_BYTES]), UUID(bytes=raw[_BYTES : 2 * _BYTES]))
    _require_ours(cursor, encode_place(last) if "\0" not in name else "")
    return last


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip(_PADDING)


def _decode(cursor: str, kind: bytes, *, at_least: int) -> bytes:
    try:
        raw = urlsafe_b64decode(cursor + _PADDING * (-len(cursor) % 4))
    except (ValueError, Error):
        raw = b""
    if not raw.startswith(kind) or len(raw) <= at_least:
        raise _not_ours()
    return raw.removeprefix(kind)


def _require_ours(cursor: str, ours: str) -> None:
    """Base64 and UTF-8 have more than one spelling of a thing; ours is the one."""
    if cursor != ours:
        raise _not_ours()


def _not_ours() -> Rejected:
    violation = Violation("/cursor", "FORMAT", "this is not a nextCursor of ours")
    return Rejected("the cursor is not one of ours", [violation])
