"""Runs in a child process: draws the first page of a PDF."""

from pathlib import Path

import pypdfium2

from domain.assets.failure import FailureCode, MediaRejected

_MAX_SIDE = 8192
"""Pixels. A page may claim any size."""

_WRONG_PASSWORD = "password"  # noqa: S105 - a word of pdfium's message


def render_first_page(*, source: str, page_image: str, width: int) -> dict[str, object]:
    """Write page one, `width` pixels wide (narrower where it is very tall), to `page_image` as PNG.

    Answers `{pages}`. Raises MediaRejected.
    """
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        protected = _WRONG_PASSWORD in str(error).lower()
        detail = "The document is protected by a password." if protected else "The document is damaged."
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, detail) from error
    with document:
        pages = len(document)
        if pages == 0:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The document has no pages.")
        _draw(document, Path(page_image), width)
    return {"pages": pages}


def _draw(document: pypdfium2.PdfDocument, page_image: Path, width: int) -> None:
    try:
        page = document[0]
        page_width, page_height = page.get_size()
        if min(page_width, page_height) <= 0:
            raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The first page has no area.")
        scale = min(width / page_width, _MAX_SIDE / page_height)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    except pypdfium2.PdfiumError as error:
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "The first page is damaged.") from error
    picture.convert("RGB").save(page_image, format="PNG", compress_level=1)
