"""A delivery of files as an honest client makes it: announce, put, complete, wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID, uuid4

import httpx

from tests.system.answers import accepted, told
from tests.system.caller import Caller, Json
from tests.system.files import LocalFile
from tests.system.marketplace import Marketplace
from tests.system.waiting import eventually

SETTLED = frozenset({"READY", "FAILED"})
_WORK = 120.0


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A batch from the client's side. `etags` fills up as files arrive."""

    caller: Caller
    web: httpx.AsyncClient
    listing_id: UUID
    batch_id: str
    files: Sequence[LocalFile]
    tickets: Mapping[str, Json]
    etags: dict[str, str] = field(default_factory=dict)

    async def put(self, file: LocalFile, *, ticket: Json | None = None, data: bytes | None = None) -> httpx.Response:
        """What the store says to one file; `data` instead of its own bytes."""
        ticket = ticket or self.tickets[file.client_id]
        content = file.data if data is None else data
        # The length is the business of the HTTP client, as in a browser.
        headers = {name: value for name, value in ticket["headers"].items() if name.lower() != "content-length"}
        answer = await self.web.put(ticket["uploadUrl"], headers=headers, content=content)
        if answer.is_success:
            self.etags[file.client_id] = answer.headers["etag"]
        return answer

    async def put_all(self) -> None:
        for file in self.files:
            answer = await self.put(file)
            assert answer.is_success, told(answer)

    @property
    def claims(self) -> list[Json]:
        return [{"clientId": client_id, "etag": etag} for client_id, etag in self.etags.items()]

    async def complete(self) -> httpx.Response:
        return await self.caller.complete(self.listing_id, self.batch_id, self.claims)

    async def status(self) -> Json:
        report: Json = accepted(await self.caller.status(self.listing_id, self.batch_id))
        return report

    async def until(self, *statuses: str, within: float = _WORK) -> Json:
        """The status report once the batch has one of these statuses."""
        report: Json = {}

        async def reached() -> bool:
            nonlocal report
            report = await self.status()
            return report["batch"]["status"] in statuses

        try:
            await eventually(reached, within=within, expecting=f"batch {self.batch_id} is {' or '.join(statuses)}")
        except AssertionError as error:
            error.add_note(f"last seen: {report}")
            raise
        return report

    async def settled(self, *, within: float = _WORK) -> Json:
        return await self.until(*SETTLED, within=within)

    async def ready(self, *, within: float = _WORK) -> Json:
        report = await self.settled(within=within)
        assert report["batch"]["status"] == "READY", report
        return report

    async def downloads(self) -> dict[str, Json]:
        """By type."""
        answer = accepted(await self.caller.downloads(self.listing_id, self.batch_id))
        return {group["type"]: group for group in answer["downloads"]}

    def asset_id(self, client_id: str) -> str:
        return str(self.tickets[client_id]["assetId"])


async def announced(
    marketplace: Marketplace,
    files: Sequence[LocalFile],
    *,
    listing_id: UUID | None = None,
    caller: Caller | None = None,
    reference: str | None = None,
) -> Delivery:
    """Announced by the photographer of a new listing, unless told; nothing is uploaded yet."""
    caller = caller or marketplace.photographer.caller
    listing_id = listing_id or await marketplace.listing()
    answer = await caller.announce(listing_id, [file.announcement for file in files], reference or f"shoot-{uuid4()}")
    tickets = accepted(answer, HTTPStatus.CREATED)
    return Delivery(
        caller=caller,
        web=marketplace.web,
        listing_id=listing_id,
        batch_id=tickets["batchId"],
        files=files,
        tickets={ticket["clientId"]: ticket for ticket in tickets["files"]},
    )


async def uploaded(
    marketplace: Marketplace,
    files: Sequence[LocalFile],
    *,
    listing_id: UUID | None = None,
    caller: Caller | None = None,
) -> Delivery:
    """All files have arrived; `complete` is still to be called."""
    delivery = await announced(marketplace, files, listing_id=listing_id, caller=caller)
    await delivery.put_all()
    return delivery


async def received(
    marketplace: Marketplace,
    files: Sequence[LocalFile],
    *,
    listing_id: UUID | None = None,
    caller: Caller | None = None,
) -> Delivery:
    """Completed: the work begins."""
    delivery = await uploaded(marketplace, files, listing_id=listing_id, caller=caller)
    accepted(await delivery.complete(), HTTPStatus.ACCEPTED)
    return delivery


async def processed(
    marketplace: Marketplace,
    files: Sequence[LocalFile],
    *,
    listing_id: UUID | None = None,
    caller: Caller | None = None,
) -> Delivery:
    """READY."""
    delivery = await received(marketplace, files, listing_id=listing_id, caller=caller)
    await delivery.ready()
    return delivery
