"""The web as a table."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from application.ports.web import WebClient, WebResource
from domain.assets.failure import FailureCode, MediaRejected
from domain.web.public_addresses import Network
from domain.web.web_address import UrlRefused, require_fetchable

_MOST_REDIRECTS = 5
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPage:
    body: bytes
    content_type: str | None = "text/html"


@dataclass(frozen=True, slots=True)
class MemoryRedirect:
    """`target` may be relative."""

    target: str


class MemoryWebClient(WebClient):
    """What `answers` has no URL for is refused, as by a site that does not know the page. A FailureCode is raised."""

    def __init__(self, allowed: Collection[Network] = ()) -> None:
        self.answers: dict[str, MemoryPage | MemoryRedirect | FailureCode] = {}
        self._allowed = allowed

    @asynccontextmanager
    async def get(self, url: str, *, largest: int) -> AsyncIterator[WebResource]:
        reached, page = self._follow(url)
        async with aclosing(_read(page.body, largest)) as content:
            yield WebResource(
                url=reached, content_type=page.content_type, announced_size=len(page.body), content=content
            )

    def _follow(self, url: str) -> tuple[str, MemoryPage]:
        for _ in range(1 + _MOST_REDIRECTS):
            try:
                require_fetchable(url, allowed=self._allowed)
            except UrlRefused as refusal:
                raise MediaRejected(refusal.failure.code, refusal.failure.detail) from refusal
            match self.answers.get(url, FailureCode.SITE_REFUSED):
                case MemoryPage() as page:
                    return url, page
                case MemoryRedirect(target):
                    url = urljoin(url, target)
                case FailureCode() as code:
                    raise MediaRejected(code, f"{url} fails")
        raise MediaRejected(FailureCode.TOO_MANY_REDIRECTS, f"more than {_MOST_REDIRECTS} redirects")


async def _read(body: bytes, largest: int) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(body), _CHUNK):
        chunk = body[start : start + _CHUNK]
        if start + len(chunk) > largest:
            raise MediaRejected(FailureCode.FILE_TOO_LARGE, f"the file is larger than {largest} bytes")
        yield chunk
