"""Downloads signed URLs to disk: nothing half written ever has its final name, nothing complete comes twice."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
from yarl import URL

from application.concurrency import map_bounded
from domain.batches.limits import MIB
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.progress import Meter

AT_ONCE = 4
_BLOCK = 1 * MIB
_ATTEMPTS = 5
_FIRST_PAUSE = 0.3
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_MAY_PASS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    url: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the store says of a wanted file. `etag` tells versions apart."""

    wanted: Wanted
    size: int
    etag: str

    @property
    def path(self) -> Path:
        return self.wanted.path

    @property
    def draft(self) -> Path:
        """Where its bytes gather. Those of another version gather elsewhere."""
        version = hashlib.sha256(self.etag.encode()).hexdigest()[:8]
        return self.path.with_name(f".{self.path.name}.{version}.part")

    @property
    def is_complete(self) -> bool:
        return _size(self.path) == self.size

    @property
    def present(self) -> int:
        """Bytes that are here already."""
        if self.is_complete:
            return self.size
        here = _size(self.draft) or 0
        return here if here <= self.size else 0


class StoreFetcher:
    """Raises CommandFailed when a file cannot be had, after some attempts."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def inspect(self, wanted: Sequence[Wanted]) -> list[Offered]:
        """Ask the store for sizes; a signed URL permits no HEAD, so the answers are left unread."""
        return await map_bounded(self._inspect, wanted, at_once=AT_ONCE)

    async def fetch(self, offered: Sequence[Offered], meter: Meter) -> None:
        """Those that are complete stay as they are."""
        missing = [file for file in offered if not file.is_complete]
        await map_bounded(lambda file: self._fetch(file, meter), missing, at_once=AT_ONCE)

    async def _inspect(self, wanted: Wanted) -> Offered:
        for attempt in range(_ATTEMPTS):
            try:
                async with self._get(wanted.url) as response:
                    _require(response, wanted, HTTPStatus.OK)
                    size, etag = response.content_length, response.headers.get("ETag", "")
                    response.close()
            except (aiohttp.ClientError, TimeoutError, _Passing) as error:
                await _pause(attempt, wanted, error)
                continue
            if size is None:
                raise CommandFailed(f"The store does not say how large {wanted.path.name} is.")
            return Offered(wanted=wanted, size=size, etag=etag)
        raise AssertionError("the last attempt returns or raises")

    async def _fetch(self, file: Offered, meter: Meter) -> None:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        key = str(file.path)
        meter.begin(key, file.path.name, file.size, file.present)
        for attempt in range(_ATTEMPTS):
            try:
                await self._continue(file, meter, key)
                break
            except (aiohttp.ClientError, TimeoutError, _Passing) as error:
                await _pause(attempt, file.wanted, error)
        file.draft.replace(file.path)
        meter.end(key)

    async def _continue(self, file: Offered, meter: Meter, key: str) -> None:
        """Append what is missing to the draft."""
        here = _size(file.draft)
        if here is not None and here > file.size:
            file.draft.unlink()
            here = None
        if here is None or here < file.size:
            await self._append(file, here or 0, meter, key)
        if (came := _size(file.draft)) != file.size:
            raise _Passing(f"{came} of {file.size} bytes came")

    async def _append(self, file: Offered, here: int, meter: Meter, key: str) -> None:
        headers = {"Range": f"bytes={here}-", "If-Match": file.etag} if here else {}
        async with self._get(file.wanted.url, headers) as response:
            _require(response, file.wanted, HTTPStatus.PARTIAL_CONTENT if here else HTTPStatus.OK)
            with file.draft.open("ab") as target:
                async for block in response.content.iter_chunked(_BLOCK):
                    await asyncio.to_thread(target.write, block)
                    meter.move(key, len(block))

    def _get(self, url: str, headers: dict[str, str] | None = None) -> "aiohttp.client._RequestContextManager":
        # Compressed on the way, the bytes could not be counted.
        headers = {"Accept-Encoding": "identity", **(headers or {})}
        return self._session.get(URL(url, encoded=True), headers=headers, timeout=_TIMEOUT)


class _Passing(Exception):
    """Another attempt may end better."""


def _require(response: aiohttp.ClientResponse, wanted: Wanted, status: HTTPStatus) -> None:
    if response.status == status:
        return
    if response.status in _MAY_PASS or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _Passing(f"the store answered {response.status}")
    if response.status == HTTPStatus.FORBIDDEN:
        raise CommandFailed(f"The link to {wanted.path.name} has expired. Run the command again to go on.")
    raise CommandFailed(f"{wanted.path.name} could not be downloaded: the store answered {response.status}.")


async def _pause(attempt: int, wanted: Wanted, error: Exception) -> None:
    if attempt == _ATTEMPTS - 1:
        reason = str(error) or type(error).__name__
        raise CommandFailed(f"{wanted.path.name} could not be downloaded: {reason}.") from error
    await asyncio.sleep(_FIRST_PAUSE * 2**attempt)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
