from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from entrypoints.cli.terminal import notices

Item = TypeVar("Item")


async def first(items: AsyncIterator[Item], *, most: int) -> tuple[Sequence[Item], bool]:
    """The first `most` of them, and whether there are more."""
    found: list[Item] = []
    async for item in items:
        if len(found) == most:
            return found, True
        found.append(item)
    return found, False


def tell_of_more(most: int) -> None:
    notices().print(f"There are more than {most}: --limit shows them.", soft_wrap=True)
