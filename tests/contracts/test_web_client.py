"""Whoever fetches URLs follows five redirects, keeps to the limit, and contacts no address that is not public."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from adapters.memory.web import MemoryPage, MemoryRedirect, MemoryWebClient
from adapters.web.client import AiohttpWebClient
from application.ports.web import WebClient
from domain.assets.failure import FailureCode
from tests.adapters.web.fetching import fetch, refusal
from tests.adapters.web.site import LOOPBACK, open_site, page, redirect

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Web:
    """A client, and one site whose pages and redirects a test makes up; both answer with the URL."""

    client: WebClient
    serve: Callable[[str, bytes, str], str]
    redirect: Callable[[str, str], str]

    def chain(self, redirects: int) -> str:
        """Where so many redirects begin that end at a page."""
        self.serve("/0", b"the end", "text/plain")
        for number in range(1, redirects):
            self.redirect(f"/{number}", f"/{number - 1}")
        return self.redirect("/start", f"/{redirects - 1}")


@pytest.fixture(params=["memory", "aiohttp"])
async def web(request: pytest.FixtureRequest) -> AsyncIterator[Web]:
    if request.param == "memory":
        yield _memory()
        return
    async with open_site() as site:
        yield Web(
            client=AiohttpWebClient(allowed=[LOOPBACK]),
            serve=lambda path, body, content_type: site.serve(path, page(body, Content_Type=content_type)),
            redirect=lambda path, target: site.serve(path, redirect(target)),
        )


def _memory() -> Web:
    client = MemoryWebClient(allowed=[LOOPBACK])

    def answer(path: str, answer: MemoryPage | MemoryRedirect) -> str:
        url = f"http://127.0.0.1:8000{path}"
        client.answers[url] = answer
        return url

    return Web(
        client=client,
        serve=lambda path, body, content_type: answer(path, MemoryPage(body=body, content_type=content_type)),
        redirect=lambda path, target: answer(path, MemoryRedirect(target)),
    )


@pytest.mark.parametrize("body", [b"", b"page", bytes(3 * MIB)])
async def test_all_of_it_comes_with_what_the_site_claims_of_it(web: Web, body: bytes) -> None:
    url = web.serve("/a?b=c", body, "image/png; q=nonsense")
    async with web.client.get(url, largest=3 * MIB) as resource:
        assert (resource.url, resource.content_type) == (url, "image/png; q=nonsense")
        assert b"".join([chunk async for chunk in resource.content]) == body


async def test_exactly_as_much_as_is_allowed_is_not_too_large(web: Web) -> None:
    url = web.serve("/", b"x" * MIB, "text/plain")
    assert len(await fetch(web.client, url, largest=MIB)) == MIB
    assert await refusal(web.client, url, largest=MIB - 1) is FailureCode.FILE_TOO_LARGE


@pytest.mark.parametrize("redirects", range(1, 6))
async def test_five_redirects_are_followed(web: Web, redirects: int) -> None:
    start = web.chain(redirects)
    async with web.client.get(start, largest=MIB) as resource:
        assert resource.url == start.replace("/start", "/0")
        assert b"".join([chunk async for chunk in resource.content]) == b"the end"


async def test_the_sixth_is_not(web: Web) -> None:
    assert await refusal(web.client, web.chain(6)) is FailureCode.TOO_MANY_REDIRECTS
    assert await refusal(web.client, web.redirect("/circle", "/circle")) is FailureCode.TOO_MANY_REDIRECTS


async def test_redirects_may_be_relative(web: Web) -> None:
    end = web.serve("/a/end?x=y", b"the end", "text/plain")
    for target in ("end?x=y", "./end?x=y", "/a/end?x=y", end, end.removeprefix("http:")):
        assert await fetch(web.client, web.redirect("/a/start", target)) == b"the end"


async def test_what_the_site_does_not_know_is_refused(web: Web) -> None:
    url = web.serve("/", b"page", "text/html")
    assert await refusal(web.client, f"{url}unknown") is FailureCode.SITE_REFUSED


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", FailureCode.URL_INVALID),
        ("http://user@127.0.0.1/", FailureCode.URL_INVALID),
        ("http://127.0.0.1:22/", FailureCode.ADDRESS_FORBIDDEN),
        ("ftp://127.0.0.1/", FailureCode.ADDRESS_FORBIDDEN),
        ("http://127.0.0.2/", FailureCode.ADDRESS_FORBIDDEN),
        ("http://[::1]/", FailureCode.ADDRESS_FORBIDDEN),
        ("http://169.254.169.254/", FailureCode.ADDRESS_FORBIDDEN),
    ],
)
async def test_what_may_not_be_fetched_is_not_reached_directly_or_by_a_redirect(
    web: Web, url: str, code: FailureCode
) -> None:
    assert await refusal(web.client, url) is code
    if url:
        assert await refusal(web.client, web.redirect("/", url)) is code


async def test_it_may_be_left_early_and_begun_again(web: Web) -> None:
    url = web.serve("/", bytes(2 * MIB), "text/plain")
    async with web.client.get(url, largest=2 * MIB) as resource:
        assert await anext(aiter(resource.content))
    assert len(await fetch(web.client, url, largest=2 * MIB)) == 2 * MIB
