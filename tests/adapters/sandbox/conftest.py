from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.pool import ChildProcessPool
from tests.adapters.sandbox.misbehaviour import FUNCTIONS

ONE_GIB = 1 << 30


@pytest.fixture
async def pool() -> AsyncIterator[ChildProcessPool]:
    """One child only: whatever one call leaves behind, the next one meets."""
    async with ChildProcessPool(functions=FUNCTIONS, size=1, memory_limit=ONE_GIB, file_size_limit=8 << 20) as pool:
        yield pool
