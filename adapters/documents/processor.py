"""PDF: how many pages, and pictures of the first."""

from dataclasses import replace
from pathlib import Path

import msgspec

from application.ports.decoding import Derivatives, IsolatedRunner, MediaProcessor, Progress
from domain.assets.failure import FailureCode, MediaRejected
from domain.assets.rendition import IMAGE_WIDTHS, MediaFacts

RENDER_FIRST_PAGE = "adapters.documents.render:render_first_page"
"""The function that the runner given to a DocumentProcessor must allow."""

_PDF = "application/pdf"


class _Answer(msgspec.Struct, frozen=True):
    pages: int


class DocumentProcessor(MediaProcessor):
    """PDF. `images` makes the sizes of the first page; `timeout` is in seconds and for the drawing.

    The facts carry no width and height: a page has none in pixels.
    """

    def __init__(self, runner: IsolatedRunner, *, images: MediaProcessor, timeout: float = 60.0) -> None:
        self._runner = runner
        self._images = images
        self._timeout = timeout

    async def derive(self, source: Path, *, content_type: str, into: Path, progress: Progress) -> Derivatives:
        if content_type != _PDF:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, f"Documents of type {content_type} are not read.")
        page_image = into / "page.png"
        try:
            pages = await self._render(source, page_image)
            await progress(0.5)
            derived = await self._images.derive(page_image, content_type="image/png", into=into, progress=_unheard)
        finally:
            page_image.unlink(missing_ok=True)
        await progress(1.0)
        facts = MediaFacts(pages=pages, thumbhash=derived.facts.thumbhash, dominant_color=derived.facts.dominant_color)
        return replace(derived, facts=facts)

    async def _render(self, source: Path, page_image: Path) -> int:
        arguments: dict[str, object] = {
            "source": str(source),
            "page_image": str(page_image),
            "width": max(IMAGE_WIDTHS.values()),
        }
        answer = await self._runner.run(RENDER_FIRST_PAGE, arguments, timeout=self._timeout)
        return msgspec.convert(answer, type=_Answer).pages


async def _unheard(_: float) -> None:
    """The sizes of one page take a moment only: no progress worth telling."""
