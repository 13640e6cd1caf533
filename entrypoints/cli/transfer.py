"""Delivers files: announces them, sends what has not arrived yet, and says that all is there."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import aiohttp
from rich.console import Console

from application.concurrency import map_bounded
from entrypoints.cli.announcing import announce
from entrypoints.cli.client import ApiClient
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.hashing import LocalFile
from entrypoints.cli.progress import Meter, open_meter
from entrypoints.cli.sending import SendFailed, StoreSender
from entrypoints.cli.tickets import Place, TicketBook
from entrypoints.http.listing_media.requests import CompleteUploadBatchBody, ReissueUploadUrlsBody

AT_ONCE = 4
_ATTEMPTS = 6
_FIRST_PAUSE = 0.3


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
    batch_id, total = announced.batch_id, sum(file.size for file in files)
    if announced.tickets is None:
        return Delivered(batch_id=batch_id, resumed_bytes=total)
    book = TicketBook(files, announced.tickets)
    before = book.arrived_bytes
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        with open_meter(console, "uploading", total=total, done=before) as meter:
            sender = StoreSender(session)
            uploads = Uploads(client, sender, listing_id=listing_id, batch_id=batch_id, book=book, meter=meter)
            await uploads.send(files)
    await client.complete(CompleteUploadBatchBody(listing_id=listing_id, batch_id=batch_id, files=book.claims()))
    return Delivered(batch_id=batch_id, resumed_bytes=before)


class Uploads:
    """The files of one batch on their way to the store."""

    def __init__(
        self,
        client: ApiClient,
        sender: StoreSender,
        *,
        listing_id: UUID,
        batch_id: UUID,
        book: TicketBook,
        meter: Meter,
    ) -> None:
        self._client = client
        self._sender = sender
        self._listing_id = listing_id
        self._batch_id = batch_id
        self._book = book
        self._meter = meter
        self._open: Counter[str] = Counter()
        self._renewing = asyncio.Lock()

    async def send(self, files: Sequence[LocalFile]) -> None:
        """Many pieces at a time. The first that cannot be sent ends the rest."""
        places = self._book.open_places
        by_id = {file.client_id: file for file in files}
        self._open = Counter(client_id for client_id, _ in places)
        await map_bounded(lambda place: self._send_place(place, by_id[place[0]]), places, at_once=AT_ONCE)

    async def _send_place(self, place: Place, file: LocalFile) -> None:
        key = file.client_id
        self._meter.begin(key, file.name, file.size, self._book.arrived_bytes_of(file))
        await self._send_until_taken(place, file)
        self._open[key] -= 1
        if not self._open[key]:
            self._meter.end(key)

    async def _send_until_taken(self, place: Place, file: LocalFile) -> None:
        for attempt in range(_ATTEMPTS):
            issue, piece = self._book.issue, self._book.piece(place)
            if piece is None:
                return
            file.require_unchanged()
            moved = _Tally(self._meter, file.client_id)
            try:
                self._book.confirm(place, await self._sender.put(piece, moved))
            except SendFailed as failure:
                moved.take_back()
                if not failure.may_pass or attempt == _ATTEMPTS - 1:
                    raise CommandFailed(f"{file.name} could not be uploaded: {failure}.") from failure
                await asyncio.sleep(_pause(attempt))
                await self._renew(seen=issue)
            else:
                return

    async def _renew(self, *, seen: int) -> None:
        """Fresh URLs for all that is still on its way. Who comes second uses what the first got."""
        async with self._renewing:
            if self._book.issue == seen:
                waiting = [client_id for client_id, pieces in self._open.items() if pieces]
                body = ReissueUploadUrlsBody(listing_id=self._listing_id, batch_id=self._batch_id, client_ids=waiting)
                self._book.write_in(await self._client.reissue(body))


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


def _pause(attempt: int) -> float:
    """None before the second attempt: most often the URL has expired, and a new one will do."""
    return _FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.0) if attempt else 0  # noqa: S311 - spreads, guards nothing
