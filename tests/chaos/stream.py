"""Photographers who deliver one batch after the other, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests import media
from tests.chaos.insisting import GivenUp, insist
from tests.system.files import LocalFile, photo, photos, video
from tests.system.marketplace import Marketplace
from tests.system.plain_http import plain_http

Json = dict[str, Any]

SETTLED = frozenset({"READY", "FAILED"})
_TIMEOUT = httpx.Timeout(6)
_LOOK_EVERY = 0.5


@dataclass(slots=True, kw_only=True)
class Shoot:
    """A batch that was accepted. `bad` is the code that one of its files must fail with."""

    listing_id: UUID
    batch_id: str
    files: Sequence[LocalFile]
    bad: str | None
    report: Json = field(default_factory=dict)

    @property
    def status(self) -> str:
        return str(self.report["batch"]["status"]) if self.report else "unknown"


class Stream:
    """`shoots` are those that were accepted: from then on they must not get lost."""

    def __init__(self, marketplace: Marketplace, rng: Random) -> None:
        self.shoots: list[Shoot] = []
        self.people = marketplace
        self._rng = rng

    async def deliver(self, number: int, *, at_once: int = 3) -> None:
        """That many batches, so many at a time."""
        places = asyncio.Semaphore(at_once)

        async def one(turn: int) -> None:
            async with places:
                await asyncio.sleep(self._rng.uniform(0, 0.4))
                await self.shoot(*self._material(turn))

        async with asyncio.TaskGroup() as group:
            for turn in range(number):
                group.create_task(one(turn))

    def _material(self, turn: int) -> tuple[Sequence[LocalFile], str | None]:
        """Mostly photos; here and there a video, or a file that is not what it says."""
        if turn % 4 == 1:
            return [*photos(2), photo("liar", media.text(), sequence=9)], "CONTENT_TYPE_MISMATCH"
        if turn % 4 == 3:
            return [*photos(1), video(data=media.video(320, 240, seconds=1.0))], None
        return photos(3), None

    async def shoot(self, files: Sequence[LocalFile], bad: str | None = None) -> Shoot:
        """Announce, upload, complete; each as often as it takes."""
        shoot, complete = await self.prepared(files, bad)
        await complete()
        return shoot

    async def prepared(
        self, files: Sequence[LocalFile], bad: str | None = None
    ) -> tuple[Shoot, Callable[[], Awaitable[None]]]:
        """All has arrived; the call completes it."""
        caller = self.people.photographer.caller
        listing_id = await self._listing()
        reference = f"chaos-{uuid4()}"
        manifest = [file.announcement for file in files]
        announced = await insist(
            lambda: caller.announce(listing_id, manifest, reference), {HTTPStatus.CREATED, HTTPStatus.OK}
        )
        batch_id = announced.json()["batchId"]
        tickets = {ticket["clientId"]: ticket for ticket in announced.json()["files"]}
        for file in files:
            await self._put(tickets[file.client_id], file)
        shoot = Shoot(listing_id=listing_id, batch_id=batch_id, files=files, bad=bad)

        async def complete() -> None:
            claims = [{"clientId": file.client_id} for file in files]
            await insist(lambda: caller.complete(listing_id, batch_id, claims), {HTTPStatus.ACCEPTED})
            self.shoots.append(shoot)

        return shoot, complete

    async def _listing(self) -> UUID:
        listing_id = uuid4()
        facts: Json = {
            "ownerId": str(self.people.owner.user_id),
            "kind": "PROPERTY",
            "status": "PENDING_PHOTO_PROCESSING",
            "bookings": [
                {
                    "id": str(uuid4()),
                    "photographerId": str(self.people.photographer.user_id),
                    "status": "DONE",
                    "scheduledAt": "2026-01-01T10:00:00Z",
                }
            ],
        }
        service = self.people.service.caller
        await insist(lambda: service.put_listing(listing_id, facts), {HTTPStatus.CREATED, HTTPStatus.OK})
        return listing_id

    async def _put(self, ticket: Json, file: LocalFile) -> None:
        headers = {name: value for name, value in ticket["headers"].items() if name.lower() != "content-length"}
        await insist(
            lambda: self.people.web.put(ticket["uploadUrl"], headers=headers, content=file.data), {HTTPStatus.OK}
        )

    async def settled(self, *, within: float) -> Sequence[Shoot]:
        """Wait until all have settled; those that have not in time."""
        deadline = monotonic() + within
        while True:
            open_ones = [shoot for shoot in self.shoots if shoot.status not in SETTLED]
            for shoot in open_ones:
                await self._look_at(shoot)
            open_ones = [shoot for shoot in open_ones if shoot.status not in SETTLED]
            if not open_ones or monotonic() > deadline:
                return open_ones
            await asyncio.sleep(_LOOK_EVERY)

    async def _look_at(self, shoot: Shoot) -> None:
        caller = self.people.photographer.caller
        try:
            answer = await insist(lambda: caller.status(shoot.listing_id, shoot.batch_id), {HTTPStatus.OK}, within=20)
        except GivenUp:
            return
        shoot.report = answer.json()


@asynccontextmanager
async def open_stream(url: str, rng: Random) -> AsyncIterator[Stream]:
    async with (
        plain_http(base_url=url, timeout=_TIMEOUT) as http,
        plain_http(timeout=_TIMEOUT) as web,
    ):
        yield Stream(Marketplace(http, web), rng)
