"""Identifiers that are the same in every run."""

from itertools import count
from uuid import UUID

from application.ports.ids import Ids

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


class SequentialIds(Ids):
    """Valid UUIDs of version 7 that differ by one millisecond each, from `start_ms` (Unix time) on.

    Two instances with one start mint the same ids.
    """

    def __init__(self, start_ms: int = 1_735_689_600_000) -> None:
        self._milliseconds = count(start_ms)

    def new(self) -> UUID:
        return UUID(int=next(self._milliseconds) << 80 | _VERSION | _VARIANT)
