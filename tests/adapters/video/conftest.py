from collections.abc import AsyncIterator, Callable

import pytest

from adapters.imaging.processor import DERIVE_IMAGES, ImageProcessor
from adapters.sandbox.confinement import Limits, confined
from adapters.sandbox.pool import ChildProcessPool
from adapters.video.processor import PROBE_VIDEO, VideoProcessor

LAUNCHER = confined(Limits(memory=3 << 30, file_size=1 << 30))

Build = Callable[..., VideoProcessor]


@pytest.fixture(scope="session")
async def build_processor() -> AsyncIterator[Build]:
    async with ChildProcessPool(functions=(DERIVE_IMAGES, PROBE_VIDEO), size=1) as pool:
        images = ImageProcessor(pool)
        yield lambda **limits: VideoProcessor(pool, images=images, launcher=LAUNCHER, **limits)


@pytest.fixture(scope="session")
def processor(build_processor: Build) -> VideoProcessor:
    return build_processor()
