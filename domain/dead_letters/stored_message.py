"""A message as it came, as far as it is kept. Nothing of it is trusted; all of it can be stored."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_BODY = 1024 * 1024
"""Bytes; a broker takes no more unless it is told to."""
MOST_HEADERS = 64 * 1024
"""Bytes of names and values together."""
_MOST_NAME = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """`place` names where it lies in its topic, "" for one that never travelled. `id` and `type` are what it says of
    itself, None where it says nothing. `truncated` when some of it was too large to keep.
    """

    topic: str
    place: str
    key: bytes | None
    headers: Mapping[str, str]
    body: bytes
    id: str | None
    type: str | None
    truncated: bool = False

    @classmethod
    def keep(
        cls,
        *,
        topic: str,
        place: str,
        key: bytes | None,
        headers: Mapping[str, bytes],
        body: bytes,
        id: str | None,  # noqa: A002 - CloudEvents call it so
        type: str | None,  # noqa: A002 - and this
    ) -> "StoredMessage":
        """Of a header that is not UTF-8, the bytes that are none are replaced."""
        kept, all_kept = _bounded(headers)
        return cls(
            topic=topic,
            place=place,
            key=key,
            headers=kept,
            body=body[:MOST_BODY],
            id=None if id is None else storable(id, at_most=_MOST_NAME),
            type=None if type is None else storable(type, at_most=_MOST_NAME),
            truncated=len(body) > MOST_BODY or not all_kept,
        )


def storable(text: str, *, at_most: int) -> str:
    """Without what no text column takes: NUL and half characters. Cut to so many characters."""
    return _whole(text).replace("\0", "")[:at_most]


def _bounded(headers: Mapping[str, bytes]) -> tuple[dict[str, str], bool]:
    """The first of them that fit, and whether those are all."""
    kept: dict[str, str] = {}
    room = MOST_HEADERS
    for name, value in headers.items():
        room -= len(name) + len(value)
        if room < 0:
            return kept, False
        kept[_whole(name)] = value.decode(errors="replace")
    return kept, True


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()
