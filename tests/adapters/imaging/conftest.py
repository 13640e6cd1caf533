from collections.abc import AsyncIterator

import pytest

from adapters.imaging.processor import DERIVE_IMAGES, ImageProcessor
from adapters.sandbox.pool import ChildProcessPool


@pytest.fixture(scope="session")
async def processor() -> AsyncIterator[ImageProcessor]:
    async with ChildProcessPool(functions=(DERIVE_IMAGES,), size=1) as pool:
        yield ImageProcessor(pool)
