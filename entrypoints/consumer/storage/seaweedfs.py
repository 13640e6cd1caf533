"""What the filer of SeaweedFS publishes to Kafka: no JSON, but an `EventNotification` of its protocol, under the path
of the entry as the key.

    message EventNotification { Entry old_entry = 1; Entry new_entry = 2; bool delete_chunks = 3;
                                string new_parent_path = 4; ... }
    message Entry { string name = 1; bool is_directory = 2; ... }

Both entries: replaced, or renamed. https://github.com/seaweedfs/seaweedfs/blob/master/weed/pb/filer.proto
"""

from collections.abc import Iterator
from dataclasses import dataclass

from application.storage.notification import ObjectChange
from domain.errors import Rejected
from entrypoints.consumer.storage.told import Told

_BUCKETS = "/buckets/"
_VARINT, _BYTES = 0, 2
_FIXED = {1: 8, 5: 4}
"""Sizes by wire type."""
_OLD, _NEW, _NEW_PARENT = 1, 2, 4
_NAME, _IS_DIRECTORY = 1, 2


class UnreadableNotification(Rejected):
    code = "UNREADABLE_NOTIFICATION"


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    is_directory: bool


def is_of_a_filer(key: bytes | None, body: bytes) -> bool:
    """A path stands for its entry, and what is told of it is no JSON."""
    return key is not None and key.startswith(b"/") and not body.lstrip().startswith(b"{")


def of_filer(key: bytes, body: bytes) -> Iterator[Told]:
    """Raises Rejected."""
    members = dict(_members(body))
    old, new = _entry(members.get(_OLD)), _entry(members.get(_NEW))
    path = key.decode(errors="replace")
    moved_to = path
    if old is not None and new is not None and members.get(_NEW_PARENT):
        moved_to = f"{_text(members[_NEW_PARENT])}/{new.name}"
    if old is not None and not old.is_directory and (new is None or moved_to != path):
        yield from _told(path, ObjectChange.REMOVED)
    if new is not None and not new.is_directory:
        yield from _told(moved_to, ObjectChange.CREATED)


def _told(path: str, change: ObjectChange) -> Iterator[Told]:
    """Nothing of what does not lie in a bucket: the filer keeps books of its own elsewhere."""
    bucket, _, key = path.removeprefix(_BUCKETS).partition("/")
    if path.startswith(_BUCKETS) and key:
        yield Told(pointer="", change=change, bucket=bucket, key=key)


def _entry(encoded: int | bytes | None) -> _Entry | None:
    if encoded is None:
        return None
    if isinstance(encoded, int):
        raise UnreadableNotification("an entry is a number")
    members = dict(_members(encoded))
    return _Entry(name=_text(members.get(_NAME, b"")), is_directory=bool(members.get(_IS_DIRECTORY)))


def _text(value: int | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def _members(encoded: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The members of a message of protocol buffers by number; of one that repeats, the last counts."""
    at = 0
    while at < len(encoded):
        tag, at = _varint(encoded, at)
        wire_type = tag & 7
        value: int | bytes
        if wire_type == _VARINT:
            value, at = _varint(encoded, at)
        else:
            if wire_type == _BYTES:
                size, at = _varint(encoded, at)
            elif wire_type in _FIXED:
                size = _FIXED[wire_type]
            else:
                raise UnreadableNotification("a wire type that protocol buffers do not have")
            value, at = encoded[at : at + size], at + size
        if at > len(encoded):
            raise UnreadableNotification("it ends in the middle")
        yield tag >> 3, value


def _varint(encoded: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(encoded) and shift < 64:  # noqa: PLR2004 - the bits of the largest number there is
        byte = encoded[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the bit that says there is more
            return value, at
    raise UnreadableNotification("it ends in the middle")
