from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Place = TypeVar("Place")

PAGE = 100


class Known(Generic[Item]):
    """What the store has already, by a name of it; read once, when it is asked for."""

    def __init__(self, read: Callable[[], Awaitable[Sequence[Item]]], *, by: Callable[[Item], str]) -> None:
        self._read = read
        self._by = by
        self._items: dict[str, Item] | None = None

    async def find(self, name: str) -> Item | None:
        if self._items is None:
            self._items = {self._by(item): item for item in await self._read()}
        return self._items.get(name)


async def all_of(page: Callable[[Place | None], Awaitable[tuple[Sequence[Item], Place | None]]]) -> list[Item]:
    """`page` answers what comes before a place, and where the next page begins."""
    found, place = await page(None)
    items = list(found)
    while place is not None:
        found, place = await page(place)
        items += found
    return items
