"""The HTTP API of Vitrine, called as any client would."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeAlias, TypeVar
from uuid import UUID

import aiohttp
import msgspec

from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.media_form import MediaForm
from entrypoints.cli.problems import refusal
from entrypoints.http.dead_letters.responses import (
    DeadLetterBody,
    DeadLetterPageBody,
    DeadLetterSummaryBody,
    ReplayBody,
)
from entrypoints.http.listing_media.requests import (
    BatchBody,
    CompleteUploadBatchBody,
    CreateUploadBatchBody,
    QueryDownloadsBody,
    ReissueUploadUrlsBody,
    UpsertListingBody,
)
from entrypoints.http.listing_media.responses import (
    BatchPageBody,
    BatchStatusBody,
    BatchSummaryBody,
    DownloadsBody,
    ListingBody,
    StartedJobBody,
    UploadTicketsBody,
)
from entrypoints.http.media.responses import (
    DeletionForecastBody,
    ListedMediaBody,
    MediaBody,
    MediaDetailBody,
    MediaPageBody,
    UsageBody,
    UsagePageBody,
)

_LISTINGS = "/api/v2/listings"
_DEAD_LETTERS = "/api/v2/dead-letters"
_MEDIA = "/api/v2/media"
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=5)
_UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5)
_STALL = 60.0
"""Seconds without a byte after which an upload is given up."""
_ATTEMPTS = 5
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_TRY_LATER = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_PAGE = 100

Page = TypeVar("Page", BatchPageBody, DeadLetterPageBody, MediaPageBody, UsagePageBody)
Received: TypeAlias = tuple[int, bytes, float | None]
"""Status, body, and how many seconds to wait before the next try, if the server says so."""


class ApiClient:
    """Raises ApiRefused with what the API says, and CommandFailed when it does not answer.

    Every call but `upload_media` may be repeated, and is, when the server is busy or the connection breaks.
    """

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str) -> None:
        self._session = session
        self._address = address.rstrip("/")
        self._token = token

    async def put_listing(self, listing_id: UUID, body: UpsertListingBody) -> ListingBody:
        _, answer = await self._call("PUT", f"/{listing_id}", body)
        return msgspec.json.decode(answer, type=ListingBody)

    async def announce(self, body: CreateUploadBatchBody) -> tuple[UploadTicketsBody, bool]:
        """True when the batch is new; False when the same announcement was made before."""
        status, answer = await self._call("POST", "/media/uploads", body)
        return msgspec.json.decode(answer, type=UploadTicketsBody), status == HTTPStatus.CREATED

    async def reissue(self, body: ReissueUploadUrlsBody) -> UploadTicketsBody:
        _, answer = await self._call("POST", "/media/uploads/urls", body)
        return msgspec.json.decode(answer, type=UploadTicketsBody)

    async def complete(self, body: CompleteUploadBatchBody) -> StartedJobBody:
        _, answer = await self._call("POST", "/media/uploads/complete", body)
        return msgspec.json.decode(answer, type=StartedJobBody)

    async def status(self, listing_id: UUID, batch_id: UUID) -> BatchStatusBody:
        body = BatchBody(listing_id=listing_id, batch_id=batch_id)
        _, answer = await self._call("POST", "/media/uploads/status", body)
        return msgspec.json.decode(answer, type=BatchStatusBody)

    async def downloads(
        self, listing_id: UUID, batch_id: UUID | None = None, renditions: Sequence[str] | None = None
    ) -> DownloadsBody | None:
        """None when no batch is named and none is READY."""
        body = QueryDownloadsBody(
            listing_id=listing_id, batch_id=batch_id, renditions=None if renditions is None else list(renditions)
        )
        status, answer = await self._call("POST", "/media/downloads/query", body)
        return None if status == HTTPStatus.NO_CONTENT else msgspec.json.decode(answer, type=DownloadsBody)

    async def batches(self, listing_id: UUID) -> AsyncIterator[BatchSummaryBody]:
        """Newest first."""
        async for page in self._pages("/media/uploads", {"listingId": str(listing_id)}, BatchPageBody):
            for batch in page.batches:
                yield batch

    async def dead_letters(self, status: str | None, topic: str | None) -> AsyncIterator[DeadLetterSummaryBody]:
        """Newest first; of any status and topic where none is given."""
        asked = {"status": status, "topic": topic}
        filters = {name: value for name, value in asked.items() if value is not None}
        async for page in self._pages("", filters, DeadLetterPageBody, root=_DEAD_LETTERS):
            for letter in page.dead_letters:
                yield letter

    async def dead_letter(self, letter_id: UUID) -> DeadLetterBody:
        _, answer = await self._call("GET", f"/{letter_id}", root=_DEAD_LETTERS)
        return msgspec.json.decode(answer, type=DeadLetterBody)

    async def replay_letter(self, letter_id: UUID) -> Sequence[UUID]:
        """Answers all the letters that are replayed by this."""
        _, answer = await self._call("POST", f"/{letter_id}/replay", root=_DEAD_LETTERS)
        return msgspec.json.decode(answer, type=ReplayBody).replayed

    async def discard_letter(self, letter_id: UUID) -> None:
        await self._call("POST", f"/{letter_id}/discard", root=_DEAD_LETTERS)

    async def media(self, filters: Mapping[str, str]) -> AsyncIterator[ListedMediaBody]:
        """Newest first. `filters` are parameters of the library, by their names in the URL."""
        async for page in self._pages("", filters, MediaPageBody, root=_MEDIA):
            for media in page.media:
                yield media

    async def upload_media(self, form: MediaForm, moved: Callable[[int], None]) -> MediaBody:
        """`moved` is told of each block as it leaves; of those of a failed attempt again, below zero.

        Repeated where the API says that it took nothing. When the connection breaks the media may be there, or not.
        """
        _, answer = await self._repeated(lambda: self._send(form, moved), when_broken=False)
        return msgspec.json.decode(answer, type=MediaBody)

    async def media_detail(self, media_id: UUID) -> MediaDetailBody:
        _, answer = await self._call("GET", f"/{media_id}", root=_MEDIA)
        return msgspec.json.decode(answer, type=MediaDetailBody)

    async def usages(self, media_id: UUID) -> AsyncIterator[UsageBody]:
        """By entity type, then by entity."""
        async for page in self._pages(f"/{media_id}/usages", {}, UsagePageBody, root=_MEDIA):
            for usage in page.usages:
                yield usage

    async def foresee_deletion(self, media_id: UUID) -> DeletionForecastBody:
        _, answer = await self._call("DELETE", f"/{media_id}", parameters={"dryRun": "true"}, root=_MEDIA)
        return msgspec.json.decode(answer, type=DeletionForecastBody)

    async def delete_media(self, media_id: UUID) -> None:
        await self._call("DELETE", f"/{media_id}", root=_MEDIA)

    async def _pages(
        self, path: str, filters: Mapping[str, str], body: type[Page], *, root: str = _LISTINGS
    ) -> AsyncIterator[Page]:
        """One after the other, to the last."""
        parameters = {**filters, "limit": str(_PAGE)}
        while True:
            _, answer = await self._call("GET", path, parameters=parameters, root=root)
            page = msgspec.json.decode(answer, type=body)
            yield page
            if page.next_cursor is None:
                return
            parameters["cursor"] = page.next_cursor

    async def _call(
        self,
        method: str,
        path: str,
        body: msgspec.Struct | None = None,
        parameters: dict[str, str] | None = None,
        *,
        root: str = _LISTINGS,
    ) -> tuple[int, bytes]:
        data = None if body is None else msgspec.json.encode(body)
        return await self._repeated(lambda: self._once(method, root + path, data, parameters))

    async def _repeated(
        self, once: Callable[[], Awaitable[Received]], *, when_broken: bool = True
    ) -> tuple[int, bytes]:
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            try:
                status, answer, wait = await once()
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                if not when_broken and not isinstance(error, aiohttp.ClientConnectorError):
                    raise CommandFailed(
                        "the connection broke, so it may be there or not: `vitrine media list` tells"
                    ) from error
                if last:
                    raise self._unreachable(error) from error
                wait = None
            else:
                if status < HTTPStatus.BAD_REQUEST:
                    return status, answer
                if last or status not in _TRY_LATER:
                    raise refusal(status, answer)
            await asyncio.sleep(_pause(attempt, wait))
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, method: str, path: str, data: bytes | None, parameters: dict[str, str] | None) -> Received:
        headers = {**self._authorization, "Content-Type": "application/json"}
        url = f"{self._address}{path}"
        async with self._session.request(
            method, url, data=data, params=parameters, headers=headers, timeout=_TIMEOUT, allow_redirects=False
        ) as response:
            return response.status, await response.read(), _seconds(response.headers.get("Retry-After"))

    async def _send(self, form: MediaForm, moved: Callable[[int], None]) -> Received:
        sent, taken = 0, False
        try:
            async with asyncio.timeout(_STALL) as stall:

                def leaves(count: int) -> None:
                    nonlocal sent
                    sent += count
                    stall.reschedule(asyncio.get_running_loop().time() + _STALL)
                    moved(count)

                async with self._session.post(
                    f"{self._address}{_MEDIA}/upload",
                    data=form.blocks(leaves),
                    headers={**self._authorization, **form.headers},
                    timeout=_UPLOAD_TIMEOUT,
                    allow_redirects=False,
                ) as response:
                    received = response.status, await response.read(), _seconds(response.headers.get("Retry-After"))
            taken = response.status < HTTPStatus.BAD_REQUEST
            return received
        finally:
            if not taken:
                moved(-sent)

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _unreachable(self, error: Exception) -> CommandFailed:
        if isinstance(error, TimeoutError):
            return CommandFailed(f"{self._address} does not answer in time. Try again later.")
        return CommandFailed(
            f"Nothing answers at {self._address}: is `make run` running? (--api takes another address)"
        )


@asynccontextmanager
async def open_client(address: str, token: str) -> AsyncIterator[ApiClient]:
    if not address.startswith(("http://", "https://")):
        raise CommandFailed(f"--api takes an address such as http://127.0.0.1:8000, not {address!r}.")
    async with aiohttp.ClientSession() as session:
        yield ApiClient(session, address, token)


def _pause(attempt: int, asked: float | None) -> float:
    pause = asked if asked is not None else _FIRST_PAUSE * 2**attempt
    return min(pause, _LONGEST_PAUSE) * random.uniform(0.75, 1.0)  # noqa: S311 - spreads clients, guards nothing


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
