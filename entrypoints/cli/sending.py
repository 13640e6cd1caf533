"""One PUT to the object store, streamed from disk."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import aiohttp
from yarl import URL

from domain.batches.limits import MIB

_BLOCK = 1 * MIB
_STALL = 60.0
"""Seconds without a byte after which a connection is given up."""
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)
_MAY_PASS = frozenset(
    {
        HTTPStatus.FORBIDDEN,  # the URL has expired
        HTTPStatus.NOT_FOUND,  # the upload in parts was forgotten
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


class SendFailed(Exception):
    """`may_pass`: a fresh URL may mend it."""

    def __init__(self, reason: str, *, may_pass: bool) -> None:
        super().__init__(reason)
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A whole file or one part of it. `headers` are signed: they are sent exactly so."""

    path: Path
    offset: int
    size: int
    url: str
    headers: Mapping[str, str]


class StoreSender:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def put(self, piece: Piece, moved: Callable[[int], None]) -> str:
        """Send the bytes and return their ETag, without quotes. `moved` is told of each block as it leaves.

        Raises SendFailed, and OSError when the file cannot be read. What was told to `moved` by then did not arrive.
        """
        try:
            async with asyncio.timeout(_STALL) as stall:
                return await self._put(piece, moved, stall)
        except TimeoutError as error:
            raise SendFailed("the store does not take it", may_pass=True) from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise SendFailed("the connection to the store broke", may_pass=True) from error

    async def _put(self, piece: Piece, moved: Callable[[int], None], stall: asyncio.Timeout) -> str:
        with piece.path.open("rb", buffering=0) as file:
            file.seek(piece.offset)
            async with self._session.put(
                URL(piece.url, encoded=True),
                data=_blocks(file, piece.size, moved, stall),
                headers=dict(piece.headers),
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise _failure(response.status, await response.text(errors="replace"))
                return response.headers.get("ETag", "").strip('"')


async def _blocks(
    file: BinaryIO, size: int, moved: Callable[[int], None], stall: asyncio.Timeout
) -> AsyncIterator[bytes]:
    left = size
    while left:
        block = await asyncio.to_thread(file.read, min(_BLOCK, left))
        if not block:
            raise SendFailed("the file has become shorter", may_pass=False)
        left -= len(block)
        yield block
        moved(len(block))
        stall.reschedule(asyncio.get_running_loop().time() + _STALL)


def _failure(status: int, body: str) -> SendFailed:
    code, message = _CODE.search(body), _MESSAGE.search(body)
    told = ": ".join(found.group(1) for found in (code, message) if found) or f"status {status}"
    may_pass = status in _MAY_PASS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return SendFailed(f"the store answered {told}", may_pass=may_pass)
