"""Fetching, over aiohttp, what a stranger's URL leads to."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import aclosing, asynccontextmanager, closing
from datetime import timedelta
from importlib.metadata import version
from string import punctuation
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from adapters.web.failures import rejecting, require_success
from adapters.web.guard import ConnectionGuard, GuardedResolver
from application.ports.web import WebClient, WebResource
from domain.assets.failure import FailureCode, MediaRejected
from domain.web.public_addresses import Network
from domain.web.web_address import UrlRefused, require_fetchable

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
"""For one address: a name has others."""
_LONGEST_HEADER = 32 * 1024
"""Bytes; policies of browsers make some honest headers long. There are 128 at most."""
_HEADERS = {
    "User-Agent": f"Vitrine/{version('vitrine')}",
    "Accept": "text/html,application/xhtml+xml,image/*,application/pdf;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "identity",
}


class AiohttpWebClient(WebClient):
    """Nothing is kept from one `get` to the next, nor from one redirect to the next: no connection, cookie or address.
    Proxies of the environment are not asked, for they would contact whatever they are told.

    An answer that is compressed all the same is decompressed as it is read, never ahead of it.

    `patience` is for the whole of a `get`; `allowed` are networks that may be contacted though they are not public;
    `names` resolves, the system when it is None; `authorities` are asked for once, in a thread.
    """

    def __init__(
        self,
        *,
        patience: timedelta = timedelta(seconds=30),
        allowed: Collection[Network] = (),
        names: AbstractResolver | None = None,
        authorities: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._patience = patience.total_seconds()
        self._allowed = tuple(allowed)
        self._names = names
        self._authorities = authorities
        self._tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def get(self, url: str, *, largest: int) -> AsyncIterator[WebResource]:
        deadline = asyncio.get_running_loop().time() + self._patience
        guard = ConnectionGuard(self._allowed)
        async with self._session(guard, await self._believed()) as session:
            with rejecting(guard):
                async with asyncio.timeout_at(deadline):
                    reached, response = await self._follow(session, url)
            with closing(response):
                require_success(response.status)
                content = _read(response, guard, largest=largest, deadline=deadline)
                async with aclosing(content):
                    yield WebResource(
                        url=reached,
                        content_type=response.headers.get("Content-Type"),
                        announced_size=_announced_size(response),
                        content=content,
                    )

    async def _believed(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = await asyncio.to_thread(self._authorities)
        return self._tls

    def _session(self, guard: ConnectionGuard, tls: ssl.SSLContext) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(self._names or aiohttp.DefaultResolver(), guard),
                socket_factory=guard.open_socket,
                ssl=tls,
                use_dns_cache=False,
                force_close=True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            max_field_size=_LONGEST_HEADER,
        )

    async def _follow(self, session: aiohttp.ClientSession, url: str) -> tuple[str, aiohttp.ClientResponse]:
        """The URL that does not redirect any further, and its answer, of which the header has come."""
        for _ in range(1 + _MOST_REDIRECTS):
            try:
                require_fetchable(url, allowed=self._allowed)
            except UrlRefused as refusal:
                raise MediaRejected(refusal.failure.code, refusal.failure.detail) from refusal
            response = await session.get(_as_given(url), allow_redirects=False)
            target = response.headers.get("Location")
            if response.status not in _REDIRECTS or target is None:
                return url, response
            response.close()
            url = urljoin(url, target)
        raise MediaRejected(FailureCode.TOO_MANY_REDIRECTS, f"the site redirects more than {_MOST_REDIRECTS} times")


def _announced_size(response: aiohttp.ClientResponse) -> int | None:
    """None where the site says it of other bytes than those that we count."""
    return None if "Content-Encoding" in response.headers else response.content_length


def _as_given(url: str) -> URL:
    """Sites that sign their URLs look at every escape: only what no URL may hold is escaped here."""
    parts = urlsplit(url)
    return URL.build(
        scheme=parts.scheme,
        authority=URL(url).raw_authority,
        path=quote(parts.path, safe=punctuation),
        query_string=quote(parts.query, safe=punctuation),
        encoded=True,
    )


async def _read(
    response: aiohttp.ClientResponse, guard: ConnectionGuard, *, largest: int, deadline: float
) -> AsyncGenerator[bytes, None]:
    received = 0
    while chunk := await _read_chunk(response, guard, deadline):
        received += len(chunk)
        if received > largest:
            raise _too_large(largest)
        yield chunk


async def _read_chunk(response: aiohttp.ClientResponse, guard: ConnectionGuard, deadline: float) -> bytes:
    with rejecting(guard):
        # What lies ready is read without a wait, and would never time out.
        if asyncio.get_running_loop().time() >= deadline:
            raise TimeoutError
        async with asyncio.timeout_at(deadline):
            return await response.content.readany()


def _too_large(largest: int) -> MediaRejected:
    return MediaRejected(FailureCode.FILE_TOO_LARGE, f"the file is larger than {largest} bytes")
