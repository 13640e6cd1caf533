"""Waiting for what happens elsewhere: polled, and never for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

_POLL = 0.1


async def eventually(
    look: Callable[[], Awaitable[T | None]], *, within: float, expecting: str, every: float = _POLL
) -> T:
    """What `look` answers first that is not None (nor False). Fails with `expecting` after `within` seconds."""
    deadline = monotonic() + within
    while True:
        found = await look()
        if found is not None and found is not False:
            return found
        if monotonic() > deadline:
            raise AssertionError(f"within {within:g} s: {expecting}")
        await asyncio.sleep(every)
