"""Names of archive entries that are safe to extract anywhere, whatever a client called its file."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_FALLBACK = "file"
_LONGEST = 255
_LONGEST_PATH = 1024
_forbidden = re.compile(r'[\\<>:"|?*]')


def safe_names(names: Iterable[str]) -> list[str]:
    """Relative, without `..`, control characters or anything that Windows refuses; no two equal, by case either."""
    taken: set[str] = set()
    safe = []
    for name in names:
        wanted = _relative(name)
        unique, count = wanted, 1
        while unique.casefold() in taken:
            count += 1
            unique = _numbered(wanted, count)
        taken.add(unique.casefold())
        safe.append(unique)
    return safe


def _relative(name: str) -> str:
    segments = [_cleaned(segment) for segment in name.split("/")]
    path = "/".join([segment for segment in segments if segment]) or _FALLBACK
    return path if len(path.encode()) <= _LONGEST_PATH else path.rpartition("/")[2]


def _cleaned(segment: str) -> str:
    """One path segment; "" for those that name no file. Trailing dots and spaces vanish on Windows, so they go here."""
    visible = "".join([character if character.isprintable() else "_" for character in segment])
    return _shortened(_forbidden.sub("_", visible).strip(" ").rstrip(". "))


def _shortened(segment: str) -> str:
    """What file systems take: 255 bytes, with the suffix kept."""
    excess = len(segment.encode()) - _LONGEST
    if excess <= 0:
        return segment
    path = PurePosixPath(segment)
    suffix = path.suffix if len(path.suffix.encode()) < _LONGEST // 2 else ""
    stem = segment.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix


def _numbered(name: str, count: int) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem} ({count}){path.suffix}"))
