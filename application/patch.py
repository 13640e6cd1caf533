"""A change of some members of something: what is absent is left as it is, None clears."""

from enum import Enum
from typing import Literal, TypeAlias, TypeVar

T = TypeVar("T")


class Absent(Enum):
    ABSENT = "absent"


ABSENT = Absent.ABSENT
Patch: TypeAlias = T | Literal[Absent.ABSENT] | None


def patched(change: Patch[T], current: T | None) -> T | None:
    """What it is after the change."""
    return current if isinstance(change, Absent) else change
