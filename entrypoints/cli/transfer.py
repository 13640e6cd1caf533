"""Delivers files: announces them, sends what has not arrived yet, and says that all is there."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import aiohttp
from rich.console import Console

from application.concurrency import map_bounded
from entrypoints.cli.announcing import Announced, announce
from entrypoints.cli.client import ApiClient
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.folder import LocalFile
from entrypoints.cli.progress import Meter, open_meter
from entrypoints.cli.sending import Piece, SendFailed, StoreSender
from entrypoints.http.listing_media.requests import (
    CompleteUploadBatchBody,
    ReissueUploadUrlsBody,
    UploadedFileBody,
    UploadedPartBody,
)
from entrypoints.http.listing_media.responses import UploadTicketBody, UploadTicketsBody

AT_ONCE = 4
_ATTEMPTS = 6
_FIRST_PAUSE = 0.3

Place: TypeAlias = tuple[str, int | None]
"""A client id, and the number of a part where the file goes in parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """`resumed_bytes` had arrived before this run."""

    batch_id: UUID
    resumed_bytes: int


async def deliver(
    client: ApiClient, console: Console, listing_id: UUID, reference: str, files: Sequence[LocalFile]
) -> Delivered:
    """May be interrupted and repeated: the same files under the same reference go on where they stopped.

    Raises ApiRefused, CommandFailed.
    """
    announced = await announce(client, listing_id, reference, files)
    total = sum(file.size for file in files)
    if announced.tickets is None:
        return Delivered(batch_id=announced.batch_id, resumed_bytes=total)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        uploads = Uploads(client, StoreSender(session), listing_id, announced, files)
        before = uploads.arrived_bytes
        with open_meter(console, "uploading", total=total, done=before) as meter:
            await uploads.send_all(meter)
    await uploads.complete()
    return Delivered(batch_id=announced.batch_id, resumed_bytes=before)


class Uploads:
    """The files of one batch on their way to the store."""

    def __init__(
        self, client: ApiClient, sender: StoreSender, listing_id: UUID, announced: Announced, files: Sequence[LocalFile]
    ) -> None:
        self._client = client
        self._sender = sender
        self._listing_id = listing_id
        self._batch_id = announced.batch_id
        self._files = {file.client_id: file for file in files}
        self._tickets: dict[str, UploadTicketBody] = {}
        self._etags: dict[Place, str] = {}
        self._open: Counter[str] = Counter()
        self._issue = 0
        self._renewing = asyncio.Lock()
        assert announced.tickets is not None
        self._take(announced.tickets)

    @property
    def arrived_bytes(self) -> int:
        return sum(file.size - self._left(client_id) for client_id, file in self._files.items())

    async def send_all(self, meter: Meter) -> None:
        """Many pieces at a time. The first that cannot be sent ends the rest."""
        places = [place for ticket in self._tickets.values() for place in _places(ticket)]
        self._open = Counter(client_id for client_id, _ in places)

        async def send(place: Place) -> None:
            client_id, _ = place
            file = self._files[client_id]
            meter.begin(client_id, file.path.name, file.size, file.size - self._left(client_id))
            await self._send(place, file, meter)
            self._open[client_id] -= 1
            if not self._open[client_id]:
                meter.end(client_id)

        await map_bounded(send, places, at_once=AT_ONCE)

    async def complete(self) -> None:
        """All is there; processing may begin."""
        files = [self._claim(client_id) for client_id in self._files]
        body = CompleteUploadBatchBody(listing_id=self._listing_id, batch_id=self._batch_id, files=files)
        await self._client.complete(body)

    async def _send(self, place: Place, file: LocalFile, meter: Meter) -> None:
        for attempt in range(_ATTEMPTS):
            issue, piece = self._issue, self._piece(place, file)
            if piece is None:
                return
            file.require_unchanged()
            moved = _Tally(meter, file.client_id)
            try:
                self._etags[place] = await self._sender.put(piece, moved)
            except SendFailed as failure:
                moved.take_back()
                if not failure.may_pass or attempt == _ATTEMPTS - 1:
                    raise CommandFailed(f"{file.path.name} could not be uploaded: {failure}.") from failure
                await asyncio.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.0) if attempt else 0)  # noqa: S311
                await self._renew(seen=issue)
            else:
                return

    async def _renew(self, *, seen: int) -> None:
        """Fresh URLs for all that is still on its way. Who comes second uses what the first got."""
        async with self._renewing:
            if self._issue == seen:
                waiting = [client_id for client_id, pieces in self._open.items() if pieces]
                self._take(
                    await self._client.reissue(
                        ReissueUploadUrlsBody(listing_id=self._listing_id, batch_id=self._batch_id, client_ids=waiting)
                    )
                )

    def _take(self, issued: UploadTicketsBody) -> None:
        self._issue += 1
        for client_id in issued.uploaded or ():
            self._tickets.pop(client_id, None)
        for ticket in issued.files:
            self._tickets[ticket.client_id] = ticket
            for part in ticket.multipart.arrived if ticket.multipart else ():
                self._etags[ticket.client_id, part.part_number] = part.etag

    def _piece(self, place: Place, file: LocalFile) -> Piece | None:
        """None when it has arrived in the meantime."""
        client_id, number = place
        ticket = self._tickets.get(client_id)
        if ticket is None:
            return None
        if number is None:
            assert ticket.upload_url is not None
            return Piece(path=file.path, offset=0, size=file.size, url=ticket.upload_url, headers=ticket.headers or {})
        assert ticket.multipart is not None
        part = next((part for part in ticket.multipart.parts if part.part_number == number), None)
        if part is None:
            return None
        offset = (number - 1) * ticket.multipart.part_size
        return Piece(path=file.path, offset=offset, size=part.bytes, url=part.upload_url, headers=part.headers)

    def _left(self, client_id: str) -> int:
        """Bytes that had not arrived when the ticket was issued."""
        ticket = self._tickets.get(client_id)
        if ticket is None:
            return 0
        if ticket.multipart is None:
            return self._files[client_id].size
        return sum(part.bytes for part in ticket.multipart.parts)

    def _claim(self, client_id: str) -> UploadedFileBody:
        parts = [
            UploadedPartBody(part_number=number, etag=etag)
            for (owner, number), etag in sorted(self._etags.items(), key=lambda entry: entry[0][1] or 0)
            if owner == client_id and number is not None
        ]
        return UploadedFileBody(client_id=client_id, etag=self._etags.get((client_id, None)), parts=parts or None)


class _Tally:
    """Bytes of one attempt, so that those of a failed one can be taken back."""

    def __init__(self, meter: Meter, key: str) -> None:
        self._meter = meter
        self._key = key
        self._count = 0

    def __call__(self, count: int) -> None:
        self._count += count
        self._meter.move(self._key, count)

    def take_back(self) -> None:
        self._meter.move(self._key, -self._count)


def _places(ticket: UploadTicketBody) -> list[Place]:
    if ticket.multipart is None:
        return [(ticket.client_id, None)]
    return [(ticket.client_id, part.part_number) for part in ticket.multipart.parts]
