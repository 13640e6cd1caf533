"""The two requests that every listing makes, against a floor that has no rules and no layers."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import quantiles
from typing import Any
from uuid import UUID

import msgspec
import psutil

from adapters.auth.jwt import issue_token
from bench.finished_batch import finished_batch
from bench.load import Client, Load, connected
from bench.marketplace import open_marketplace
from bench.processes import Running, running
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage, as_environment

_TARGET = 0.6
_FILES = 60
_CONNECTIONS = 4
_PATH = "/api/v2/listings/media"


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, number = (4, 100) if size.quick else (10, 200)
    database = await stage.fresh_database()
    settings = stage.settings(database)
    assert settings.jwt_secret
    async with open_marketplace(settings) as marketplace:
        listing = await marketplace.listing()
        batch = await finished_batch(marketplace, listing, files=_FILES)
        now = datetime.now(UTC)
        token = issue_token(settings.jwt_secret, marketplace.principal, timedelta(hours=1), now)
    requests = _Requests(token, listing, batch)
    environment = as_environment(settings)
    async with (
        running("bench.api_process", environment=environment, log=stage.folder / "api.log") as ours,
        running("bench.floor_process", environment=environment, log=stage.folder / "floor.log") as floor,
        connected(ours.ready, connections=_CONNECTIONS) as to_ours,
        connected(floor.ready, connections=_CONNECTIONS) as to_floor,
    ):
        duel = _Duel(_Side(ours, to_ours), _Side(floor, to_floor), rounds=rounds, number=number)
        steps.expect(2 * (rounds + 1))
        uploads = await duel.run(requests.uploads, 201, steps)
        downloads = await duel.run(requests.downloads, 200, steps)
    return Section(
        title=f"HTTP, {_FILES} files a request, {_CONNECTIONS} connections",
        rows=[*uploads.rows("POST uploads"), *downloads.rows("POST downloads/query")],
        notes=[uploads.note("uploads"), downloads.note("downloads/query")],
    )


class _Requests:
    """Whole requests, as bytes."""

    def __init__(self, token: str, listing: UUID, batch: UUID) -> None:
        self._token = token
        self._listing = listing
        self._batch = batch
        self._references = (f"shoot-{number}" for number in count())

    def uploads(self) -> bytes:
        files = [
            {
                "clientId": f"file-{index}",
                "mediaType": "PHOTO_HORIZONTAL",
                "filename": f"DSC_{index:04d}.jpg",
                "contentType": "image/jpeg",
                "bytes": 4_000_000 + index,
                "checksum": hashlib.sha256(str(index).encode()).hexdigest(),
                "title": f"Room {index}",
                "sequence": index + 1,
            }
            for index in range(_FILES)
        ]
        return self._post(
            "/uploads", {"listingId": self._listing, "batchReference": next(self._references), "files": files}
        )

    def downloads(self) -> bytes:
        return self._post("/downloads/query", {"listingId": self._listing, "batchId": self._batch})

    def _post(self, path: str, value: Any) -> bytes:
        body = msgspec.json.encode(value)
        head = (
            f"POST {_PATH}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class _Side:
    def __init__(self, process: Running, client: Client) -> None:
        self._process = psutil.Process(process.pid)
        self._client = client
        self.cpu = 0.0
        self.loads: list[Load] = []

    async def round(self, requests: list[bytes], status: int) -> Load:
        before = self._process.cpu_times()
        load = await self._client.send(requests, status=status)
        after = self._process.cpu_times()
        self.cpu += after.user + after.system - before.user - before.system
        self.loads.append(load)
        return load

    def forget(self) -> None:
        self.cpu, self.loads = 0.0, []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    rates: list[float]
    p50: float
    p99: float
    cpu: float
    sizes: tuple[int, int]

    def rows(self, name: str) -> Iterator[Row]:
        floor = "bare ASGI handler, asyncpg, msgspec"
        yield Row.of_rounds(f"{name}: requests/s", floor, self.rates, target=_TARGET)
        yield Row(measure=f"{name}: median latency", against=floor, value=self.p50)
        yield Row(measure=f"{name}: p99 latency", against=floor, value=self.p99)
        yield Row(measure=f"{name}: CPU of the server", against=floor, value=self.cpu)

    def note(self, name: str) -> str:
        return f"{name} answers {self.sizes[0]:,} bytes of JSON, the floor {self.sizes[1]:,}"


class _Duel:
    """Rounds in turn, so that whatever else the machine does meets both; who begins changes too."""

    def __init__(self, ours: _Side, floor: _Side, *, rounds: int, number: int) -> None:
        self._ours = ours
        self._floor = floor
        self._rounds = rounds
        self._number = number

    async def run(self, request: Callable[[], bytes], status: int, steps: Steps) -> _Result:
        sides = [self._ours, self._floor]
        for side in sides:
            await side.round(await self._prepared(request, self._number // 2), status)
            side.forget()
        steps.done("warm")
        for _ in range(self._rounds):
            for side in sides:
                await side.round(await self._prepared(request, self._number), status)
            sides.reverse()
            steps.done(f"{self._ours.loads[-1].rate / self._floor.loads[-1].rate:.2f} of the floor")
        result = self._result()
        for side in sides:
            side.forget()
        return result

    async def _prepared(self, request: Callable[[], bytes], number: int) -> list[bytes]:
        return await asyncio.to_thread(lambda: [request() for _ in range(number)])

    def _result(self) -> _Result:
        ours, floor = self._ours, self._floor
        fast, slow = _percentiles(floor.loads), _percentiles(ours.loads)
        return _Result(
            rates=[mine.rate / theirs.rate for mine, theirs in zip(ours.loads, floor.loads, strict=True)],
            p50=slow[49] / fast[49],
            p99=slow[98] / fast[98],
            cpu=ours.cpu / floor.cpu,
            sizes=(ours.loads[-1].body_size, floor.loads[-1].body_size),
        )


def _percentiles(loads: list[Load]) -> list[float]:
    return quantiles([latency for load in loads for latency in load.latencies], n=100)
