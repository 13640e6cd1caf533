"""Bytes that are not the picture they should be."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.imaging.processor import DERIVE_IMAGES, ImageProcessor
from adapters.sandbox.pool import ChildProcessPool
from domain.assets.failure import FailureCode, MediaRejected
from tests import media
from tests.adapters.imaging.deriving import derive


async def _rejection(processor: ImageProcessor, data: bytes, content_type: str, folder: Path) -> FailureCode:
    with pytest.raises(MediaRejected) as caught:
        await derive(processor, data, content_type, folder)
    return caught.value.failure.code


@pytest.mark.parametrize(
    ("build", "content_type"),
    [
        (media.photo, "image/jpeg"),
        (lambda: media.jpeg(1600, 1200), "image/jpeg"),
        (lambda: media.jpeg(progressive=True), "image/jpeg"),
        (media.png, "image/png"),
        (media.webp, "image/webp"),
        (media.avif, "image/avif"),
        (media.heic, "image/heic"),
        (media.tiled_heic, "image/heic"),
    ],
)
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
async def test_a_truncated_file_is_refused(
    processor: ImageProcessor, tmp_path: Path, build: Callable[[], bytes], content_type: str, keep: float
) -> None:
    data = media.truncated(build(), keep=keep)
    assert await _rejection(processor, data, content_type, tmp_path) is FailureCode.UNREADABLE_MEDIA


async def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    async with ChildProcessPool(functions=(DERIVE_IMAGES,), size=1, memory_limit=400 << 20) as pool:
        processor = ImageProcessor(pool)
        await derive(processor, media.png(), "image/png", tmp_path)
        start = time.monotonic()
        code = await _rejection(processor, media.png_bomb(), "image/png", tmp_path)
    assert code is FailureCode.PIXEL_LIMIT_EXCEEDED
    assert time.monotonic() - start < 1


async def test_the_pixel_limit_is_a_setting(tmp_path: Path) -> None:
    async with ChildProcessPool(functions=(DERIVE_IMAGES,), size=1) as pool:
        processor = ImageProcessor(pool, pixel_limit=320 * 240)
        await derive(processor, media.jpeg(320, 240), "image/jpeg", tmp_path)
        for data, content_type in [
            (media.jpeg(321, 240), "image/jpeg"),
            (media.heic(322, 240), "image/heic"),
            (media.avif(322, 240), "image/avif"),
        ]:
            code = await _rejection(processor, data, content_type, tmp_path)
            assert code is FailureCode.PIXEL_LIMIT_EXCEEDED


@pytest.mark.parametrize(
    ("build", "content_type"),
    [
        (lambda: media.jpeg(9000, 9000, orientation=6, progressive=True), "image/jpeg"),
        (lambda: media.avif(4000, 4000), "image/avif"),
    ],
)
async def test_running_out_of_memory_is_no_verdict_on_the_picture(
    tmp_path: Path, build: Callable[[], bytes], content_type: str
) -> None:
    async with ChildProcessPool(functions=(DERIVE_IMAGES,), size=1, memory_limit=330 << 20) as pool:
        processor = ImageProcessor(pool)
        assert await _rejection(processor, build(), content_type, tmp_path) is FailureCode.DECODER_CRASHED
        await derive(processor, media.jpeg(), "image/jpeg", tmp_path)


@pytest.mark.parametrize(
    ("build", "declared"),
    [
        (media.text, "image/jpeg"),
        (media.text, "image/heic"),
        (media.png, "image/jpeg"),
        (media.jpeg, "image/png"),
        (media.jpeg, "image/heic"),
        (media.svg, "image/png"),
        (media.svg, "image/svg+xml"),
        (media.pdf, "image/webp"),
        (media.video, "image/avif"),
        (bytes, "image/jpeg"),
    ],
)
async def test_only_the_loader_of_the_declared_type_is_used(
    processor: ImageProcessor, tmp_path: Path, build: Callable[[], bytes], declared: str
) -> None:
    assert await _rejection(processor, build(), declared, tmp_path) is FailureCode.UNREADABLE_MEDIA


async def test_the_same_path_with_other_bytes_is_read_again(processor: ImageProcessor, tmp_path: Path) -> None:
    source = tmp_path / "original"
    sizes = []
    for width in (300, 310):
        into = tmp_path / str(width)
        into.mkdir()
        source.write_bytes(media.jpeg(width, 200))
        derived = await processor.derive(source, content_type="image/jpeg", into=into, progress=_ignore)
        sizes.append(derived.facts.width)
    assert sizes == [300, 310]


async def _ignore(_: float) -> None:
    pass
