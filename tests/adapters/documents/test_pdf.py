"""The first page of a PDF, and how many there are."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from adapters.documents.processor import RENDER_FIRST_PAGE, DocumentProcessor
from adapters.imaging.processor import DERIVE_IMAGES, ImageProcessor
from adapters.sandbox.pool import ChildProcessPool
from application.ports.decoding import Derivatives
from domain.assets.failure import FailureCode, MediaRejected
from tests import media


@pytest.fixture(scope="module")
async def processor() -> AsyncIterator[DocumentProcessor]:
    async with ChildProcessPool(functions=(DERIVE_IMAGES, RENDER_FIRST_PAGE), size=1) as pool:
        yield DocumentProcessor(pool, images=ImageProcessor(pool))


async def _derive(
    processor: DocumentProcessor, data: bytes, folder: Path, content_type: str = "application/pdf"
) -> tuple[Derivatives, list[float]]:
    source, into = folder / "plan.pdf", folder / "derived"
    source.write_bytes(data)
    into.mkdir()
    told: list[float] = []

    async def remember(fraction: float) -> None:
        told.append(fraction)

    derivatives = await processor.derive(source, content_type=content_type, into=into, progress=remember)
    assert {file.path for file in derivatives.files} == set(into.iterdir())
    return derivatives, told


async def test_four_sizes_of_the_first_page(processor: DocumentProcessor, tmp_path: Path) -> None:
    derivatives, told = await _derive(processor, media.pdf(300, 400, pages=3), tmp_path)
    assert derivatives.facts.pages == 3
    assert derivatives.facts.thumbhash
    assert [(file.width, file.height) for file in derivatives.files] == [
        (200, 267),
        (400, 533),
        (800, 1067),
        (1200, 1600),
    ]
    with Image.open(derivatives.files[-1].path) as page:
        upper, lower = page.getpixel((600, 200)), page.getpixel((600, 1400))
    assert isinstance(upper, tuple)
    assert upper[0] > 200
    assert upper[1] < 60
    assert lower == (255, 255, 255)
    assert told == [0.5, 1.0]


@pytest.mark.parametrize(("width", "height"), [(14_400, 14_400), (14_400, 1), (3, 14_400), (1_000_000, 1_000_000)])
async def test_a_page_of_any_size_is_bounded(
    processor: DocumentProcessor, tmp_path: Path, width: int, height: int
) -> None:
    derivatives, _ = await _derive(processor, media.pdf(width, height), tmp_path)
    for file in derivatives.files:
        assert file.width is not None
        assert file.height is not None
        assert file.width <= 1200
        assert file.height <= 8192


@pytest.mark.parametrize(
    "build",
    [
        bytes,
        media.text,
        media.png,
        lambda: b"%PDF-1.7\n" + media.text(),
        lambda: media.pdf(pages=0),
        lambda: media.pdf(encrypted=True),
    ],
    ids=["empty", "text", "PNG", "header alone", "no page", "encrypted"],
)
async def test_what_is_no_readable_document_is_refused(
    processor: DocumentProcessor, tmp_path: Path, build: Callable[[], bytes]
) -> None:
    with pytest.raises(MediaRejected) as caught:
        await _derive(processor, build(), tmp_path)
    assert caught.value.failure.code is FailureCode.UNREADABLE_MEDIA


async def test_a_password_is_named_as_the_reason(processor: DocumentProcessor, tmp_path: Path) -> None:
    with pytest.raises(MediaRejected, match="password"):
        await _derive(processor, media.pdf(encrypted=True), tmp_path)


async def test_nothing_but_pdf(processor: DocumentProcessor, tmp_path: Path) -> None:
    with pytest.raises(MediaRejected):
        await _derive(processor, media.pdf(), tmp_path, "application/msword")
