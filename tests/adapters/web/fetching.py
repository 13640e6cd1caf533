import asyncio

import pytest

from application.ports.web import WebClient
from domain.assets.failure import FailureCode, MediaRejected

ENOUGH = 1024 * 1024


async def fetch(web: WebClient, url: str, *, largest: int = ENOUGH, pause: float = 0.0) -> bytes:
    """`pause` is in seconds, after each chunk."""
    body = bytearray()
    async with web.get(url, largest=largest) as resource:
        async for chunk in resource.content:
            body += chunk
            await asyncio.sleep(pause)
    return bytes(body)


async def refusal(web: WebClient, url: str, *, largest: int = ENOUGH, pause: float = 0.0) -> FailureCode:
    """The code that the whole of it fails with."""
    with pytest.raises(MediaRejected) as rejection:
        await fetch(web, url, largest=largest, pause=pause)
    return rejection.value.failure.code
