from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Place = TypeVar("Place")

PAGE = 100


async def all_of(page: Callable[[Place | None], Awaitable[tuple[Sequence[Item], Place | None]]]) -> list[Item]:
    """`page` answers what comes before a place, and where the next page begins."""
    found, place = await page(None)
    items = list(found)
    while place is not None:
        found, place = await page(place)
        items += found
    return items
