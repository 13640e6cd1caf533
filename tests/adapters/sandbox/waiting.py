import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool]) -> None:
    """For what processes do: nothing announces it. Fails after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)
