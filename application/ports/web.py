"""The web outside, as far as strangers send us there."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

PAGE_START = 1024 * 1024
"""Bytes from the start of a page that its title and its preview are looked for in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResource:
    """What a URL has led to. `url` is where the redirects ended; `content_type`, with parameters, and `announced_size`,
    in bytes of `content`, are the site's claims and prove nothing; `content` comes once, decompressed, in chunks of any
    size.
    """

    url: str
    content_type: str | None
    announced_size: int | None
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSummary:
    """What a page says of itself: a title of at most 200 characters, and http(s) URLs of pictures that stand for it,
    three at most, the best first. Neither is believed further than that.
    """

    title: str | None
    preview_urls: tuple[str, ...]


class WebClient(Protocol):
    """Contacts public addresses alone, whatever URLs, redirects and names lead to."""

    @abstractmethod
    def get(self, url: str, *, largest: int) -> AbstractAsyncContextManager[WebResource]:
        """GET the URL, over at most five redirects. The whole of it, the reading of `content` included, has one
        deadline.

        Raises MediaRejected, on entering or out of `content`. These may pass: TIMEOUT, SITE_UNREACHABLE (no connection,
        one that broke, 429, 5xx). These will not: URL_INVALID, ADDRESS_FORBIDDEN (scheme, port or address),
        TOO_MANY_REDIRECTS, SITE_REFUSED (any other status, a certificate that proves nothing, an answer that is not
        HTTP), FILE_TOO_LARGE (more than `largest` bytes, decompressed). May be repeated. Leaving early ends the
        connection.
        """


class PageReader(Protocol):
    """Reads what strangers write for browsers."""

    @abstractmethod
    async def read(self, start: bytes, *, url: str, content_type: str | None) -> PageSummary:
        """`start` is the first PAGE_START bytes of the HTML at `url`, or all of it; `content_type` is the site's claim,
        for its charset.

        Raises MediaRejected (DECODER_CRASHED, TIMEOUT); a page that says nothing of the kind is no error.
        """
