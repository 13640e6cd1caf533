"""Members of a body that may be absent, as the application calls them."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import UnsetType

from application.patch import ABSENT, Patch

G = TypeVar("G")
T = TypeVar("T")


def change_of(given: G | UnsetType | None, read: Callable[[G], T]) -> Patch[T]:
    """Absent stays absent, null stays null, and anything else is what `read` makes of it."""
    if isinstance(given, UnsetType):
        return ABSENT
    return None if given is None else read(given)
