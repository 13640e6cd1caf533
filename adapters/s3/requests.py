import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import aiohttp
from yarl import URL

from adapters.s3.address import BucketAddress
from adapters.s3.errors import StoreRefused, retried
from adapters.s3.sending import Body
from adapters.s3.sigv4 import Presigner
from domain.errors import Unavailable

_LIFETIME = timedelta(minutes=15)
_LONGEST_ERROR = 64 * 1024

_error_code = re.compile(rb"<Code>(\w+)</Code>").search


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """In seconds: to connect, without a byte, and for a whole request with an allowance for what it moves."""

    connect: float = 5
    silence: float = 30
    total: float = 60
    slowest: float = 256 * 1024
    """Bytes a second."""

    def for_size(self, size: int) -> float:
        return self.total + size / self.slowest


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished response. `code` is S3's word for an error, "" when it says none."""

    status: int
    headers: Mapping[str, str]
    code: str

    @property
    def etag(self) -> str:
        return self.headers.get("ETag", "").strip('"')

    def require_ok(self, action: str) -> "Answer":
        if self.status != HTTPStatus.OK:
            raise StoreRefused(action, status=self.status, reason=self.code)
        return self


class SignedRequests:
    """Requests for objects of one bucket, signed by us and sent over one shared HTTP session."""

    def __init__(self, session: aiohttp.ClientSession, address: BucketAddress, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self._session = session
        self._presign = Presigner(address).presign

    async def send(
        self,
        method: str,
        key: str,
        *,
        headers: Mapping[str, str],
        query: str = "",
        body: Body | None = None,
        size: int = 0,
        silence: float | None = None,
    ) -> Answer:
        """Send what may be repeated and read the answer, whatever its status below 500.

        `headers` are signed and have lower-case names; `size` is how many bytes the request moves; `silence` as in
        `Timeouts`. Raises Unavailable.
        """

        async def attempt() -> Answer:
            response = await self.open(
                method,
                key,
                headers=headers,
                query=query,
                body=body,
                total=self.timeouts.for_size(size),
                silence=silence,
            )
            async with response:
                answer = Answer(response.status, response.headers, await _code_of(response))
            if answer.status == HTTPStatus.OK and answer.code:
                # A copy that fails after the store has begun to answer.
                raise Unavailable(f"the object store failed at {method} {key}: {answer.code}")
            return answer

        return await retried(f"{method} {key}", attempt)

    async def fetch(self, key: str, *, query: str) -> bytes:
        """Read an answer of some kilobytes. Raises Unavailable, StoreRefused for any status but 200."""
        action = f"GET {key}?{query}"

        async def attempt() -> bytes:
            response = await self.open("GET", key, query=query, total=self.timeouts.total)
            async with response:
                if response.status != HTTPStatus.OK:
                    raise StoreRefused(action, status=response.status, reason=await _code_of(response))
                return await response.read()

        return await retried(action, attempt)

    async def read_start(self, key: str, *, at_most: int) -> bytes | None:
        """Read the first bytes of an object; None when it does not exist. Raises Unavailable."""
        action = f"GET the start of {key}"

        async def attempt() -> bytes | None:
            response = await self.open(
                "GET", key, headers={"range": f"bytes=0-{at_most - 1}"}, total=self.timeouts.for_size(at_most)
            )
            async with response:
                if response.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
                    return await response.read()
                code = await _code_of(response)
            if code == "InvalidRange":
                # There is no first byte in an object of none.
                return b""
            if code == "NoSuchKey":
                return None
            raise StoreRefused(action, status=response.status, reason=code)

        return await retried(action, attempt)

    async def open(
        self,
        method: str,
        key: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        body: Body | None = None,
        total: float | None = None,
        silence: float | None = None,
    ) -> aiohttp.ClientResponse:
        """Send once; the caller reads and closes the response. Raises Unavailable above 499, else as aiohttp does."""
        now = datetime.now(UTC)
        url = self._presign(method, key, now=now, expires_in=_LIFETIME, headers=headers, query=query)
        response = await self._session.request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=total,
                connect=self.timeouts.total,
                sock_connect=self.timeouts.connect,
                sock_read=silence or self.timeouts.silence,
            ),
        )
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            response.close()
            raise Unavailable(f"the object store failed at {method} {key}: {response.status}")
        return response

    async def open_object(self, key: str) -> aiohttp.ClientResponse | None:
        """Start to read an object; None when it does not exist."""
        response = await self.open("GET", key)
        if response.status == HTTPStatus.OK:
            return response
        async with response:
            code = await _code_of(response)
        if code == "NoSuchKey":
            return None
        raise StoreRefused(f"GET {key}", status=response.status, reason=code)


async def _code_of(response: aiohttp.ClientResponse) -> str:
    # In pieces: a store that copies sends blanks now and then, and the answer at the end.
    text = b""
    while len(text) < _LONGEST_ERROR and (piece := await response.content.readany()):
        text += piece
    found = _error_code(text)
    return found[1].decode() if found else ""
