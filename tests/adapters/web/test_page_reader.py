"""Pages are read in a child process, which is done within its time whatever a page is made of."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.pool import ChildProcessPool
from adapters.web.page_reader import READ_PAGE, ChildPageReader
from application.ports.web import PAGE_START, PageSummary

HOSTILE = [
    *("<div>", "<b>", "<p><b><i><u><s>", "<table><tr><td>", "<a><p>", "<select><option>", "<form><select><optgroup>"),
    *("<svg><template>", "<h1></p>", "<", "</", "<a ", "<a b='", "<!--", "<![CDATA[", "<!doctype ", "<?a ", "&", "&#"),
    *("<title>", "<script><!--<script>", "<meta property=og:image content=", "<meta charset=", "\x00", "\ufffd", "="),
    *(
        "<meta property=og:image content='data:x'>",
        "<meta property='og:title' content=' '>",
        "<base href=x>",
        "<link rel='",
    ),
]


@pytest.fixture(scope="module")
async def pages() -> AsyncIterator[ChildPageReader]:
    async with ChildProcessPool(functions=(READ_PAGE,), size=1) as pool:
        yield ChildPageReader(pool)


async def test_a_page_is_read_in_a_child(pages: ChildPageReader) -> None:
    page = "<title>Grüße</title><link rel=icon href=a.ico>".encode("cp1252")
    assert await pages.read(page, url="https://site.example/x/", content_type="text/html") == PageSummary(
        title="Grüße", preview_urls=("https://site.example/x/a.ico",)
    )


async def test_what_says_nothing_is_no_error(pages: ChildPageReader) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", bytes(PAGE_START)):
        summary = await pages.read(start, url="https://site.example/", content_type=None)
        assert summary == PageSummary(title=None, preview_urls=())


@pytest.mark.parametrize("part", HOSTILE)
async def test_hostile_pages_cost_what_their_bytes_cost(pages: ChildPageReader, part: str) -> None:
    page = ("<title>Bread</title>" + part * (PAGE_START // len(part.encode()))).encode()[:PAGE_START]
    summary = await pages.read(page, url="https://site.example/", content_type="text/html; charset=utf-8")
    assert summary.title == "Bread"
