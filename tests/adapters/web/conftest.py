from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.web.client import AiohttpWebClient
from tests.adapters.web.site import LOOPBACK, Site, open_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


@pytest.fixture
def web() -> AiohttpWebClient:
    return AiohttpWebClient(allowed=[LOOPBACK])


@pytest.fixture
def hasty() -> AiohttpWebClient:
    return AiohttpWebClient(allowed=[LOOPBACK], patience=timedelta(seconds=0.5))
