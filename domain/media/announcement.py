"""What a client says of a file before it sends it, checked as a whole: every violation is found, not the first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.checksum import Checksum, InvalidChecksum
from domain.errors import Rejected, Violation
from domain.media.content_class import PROVABLE, UNPROVED
from domain.media.kind import POLICIES, MediaKind, SizeLimits
from domain.media.media import DEFAULT_FOLDER
from domain.media.wording import (
    alt_text_violations,
    description_violations,
    folder_violations,
    name_violations,
)

MAX_MIME_TYPE = 100
_KINDS = frozenset(MediaKind)
_MIME_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedMedia:
    """A file that the client is going to put into the store, not believed yet. `size` in bytes."""

    filename: str
    file_type: str
    size: int
    checksum: str
    kind: str
    folder: str = DEFAULT_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlong:
    """What stands beside a file that the client sends to us, not believed yet. With a `checksum` it says which bytes it
    means to send.
    """

    filename: str
    kind: str
    checksum: str | None = None
    folder: str = DEFAULT_FOLDER
    alt_text: str | None = None
    description: str | None = None


def announcement_violations(announced: AnnouncedMedia, limits: SizeLimits) -> Iterator[Violation]:
    """Pointers relative to the request."""
    yield from name_violations("/filename", announced.filename)
    yield from folder_violations("/folder", announced.folder)
    yield from _kind_violations(announced.kind)
    yield from _type_violations(announced.file_type, announced.kind)
    yield from _size_violations(announced, limits)
    yield from _checksum_violations(announced.checksum)


def require_sound(announced: AnnouncedMedia, limits: SizeLimits) -> None:
    """Raises Rejected with all violations."""
    _require_none(list(announcement_violations(announced, limits)))


def word_violations(sent: SentAlong) -> Iterator[Violation]:
    """Pointers relative to the form."""
    yield from name_violations("/file", sent.filename)
    yield from _kind_violations(sent.kind)
    if sent.checksum is not None:
        yield from _checksum_violations(sent.checksum)
    yield from folder_violations("/folder", sent.folder)
    yield from alt_text_violations("/altText", sent.alt_text)
    yield from description_violations("/description", sent.description)


def require_sound_words(sent: SentAlong) -> None:
    """Raises Rejected with all violations."""
    _require_none(list(word_violations(sent)))


def _require_none(violations: list[Violation]) -> None:
    if violations:
        raise Rejected("the request breaks rules; see errors", violations)


def _kind_violations(kind: str) -> Iterator[Violation]:
    if kind not in _KINDS:
        yield Violation("/kind", "UNKNOWN_KIND", f"one of {', '.join(MediaKind)}")


def _checksum_violations(checksum: str) -> Iterator[Violation]:
    try:
        Checksum.parse(checksum)
    except InvalidChecksum as error:
        yield Violation("/checksum", "CHECKSUM_FORMAT", str(error))


def _type_violations(file_type: str, kind: str) -> Iterator[Violation]:
    if len(file_type) > MAX_MIME_TYPE or not _MIME_TYPE.fullmatch(file_type):
        yield Violation("/fileType", "FORMAT", "a MIME type in lower case and without parameters, such as image/jpeg")
        return
    policy = POLICIES[MediaKind(kind)] if kind in _KINDS else None
    if policy is not None and not policy.allows(file_type):
        accepted = ", ".join(sorted(policy.mime_types or ()))
        yield Violation("/fileType", "MEDIA_TYPE_NOT_ALLOWED", f"media of kind {kind} can be {accepted}")


def _size_violations(announced: AnnouncedMedia, limits: SizeLimits) -> Iterator[Violation]:
    limit = limits.of(announced.file_type)
    if announced.size < 1:
        yield Violation("/bytes", "RANGE", "1 or more")
    elif announced.size > limit:
        yield Violation("/bytes", "MEDIA_TOO_LARGE", f"{announced.file_type} takes at most {limit} bytes")


def type_matches(proved: str, announced: str) -> bool:
    """`proved` is UNPROVED for bytes that prove nothing: then any type fits that bytes could not prove."""
    if proved == UNPROVED:
        return announced not in PROVABLE
    return _ALIASES.get(proved, proved) == _ALIASES.get(announced, announced)


_ALIASES = {"image/heif": "image/heic"}
"""Phones mix up the two names of one container."""
