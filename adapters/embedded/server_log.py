import os
from pathlib import Path

_ROTATE_AT = 8 * 1024 * 1024
_TAIL = 4096


class ServerLog:
    """The file that takes a server's stdout and stderr, and what this run wrote to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and path.stat().st_size > _ROTATE_AT:
            path.replace(path.with_name(path.name + ".1"))
        self._start = path.stat().st_size if path.exists() else 0

    def open(self) -> int:
        """A descriptor to append to; the caller closes it."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(self.path, flags, 0o600)

    def tail(self) -> str:
        """The last few kilobytes that this run wrote."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._start, end - _TAIL))
            return file.read().decode(errors="replace").strip()
