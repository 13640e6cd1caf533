"""A client that costs little: prepared bytes over a few connections that stay open."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

_content_length = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE).search
_PATIENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Of one round: requests a second, the latency of each in seconds, and the size of the last body."""

    rate: float
    latencies: Sequence[float]
    body_size: int


class Client:
    """Sends to one server."""

    def __init__(self, connections: "Sequence[_Connection]") -> None:
        self._connections = connections

    async def send(self, requests: Iterable[bytes], *, status: int) -> Load:
        """All of them, one at a time on each connection. Raises RuntimeError at an answer with another status."""
        waiting = iter(requests)
        latencies: list[float] = []
        started = perf_counter()
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*(self._drain(link, waiting, status, latencies) for link in self._connections))
        seconds = perf_counter() - started
        return Load(rate=len(latencies) / seconds, latencies=latencies, body_size=self._connections[0].body_size)

    async def _drain(
        self, connection: "_Connection", waiting: Iterator[bytes], status: int, latencies: list[float]
    ) -> None:
        expected = f"HTTP/1.1 {status} ".encode()
        for request in waiting:
            started = perf_counter()
            head = await connection.exchange(request)
            latencies.append(perf_counter() - started)
            if not head.startswith(expected):
                raise RuntimeError(f"the server answered {head[:2000].decode(errors='replace')}")


@asynccontextmanager
async def connected(url: str, *, connections: int) -> AsyncIterator[Client]:
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 0
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(_Connection, host, port))[1] for _ in range(connections)]
    try:
        yield Client(opened)
    finally:
        for connection in opened:
            connection.close()


class _Connection(asyncio.Protocol):
    """One request at a time; of the answer the head is kept, and what comes with it."""

    def __init__(self) -> None:
        self.body_size = 0
        self._head = b""
        self._missing = -1
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def exchange(self, request: bytes) -> bytes:
        self._head, self._missing = b"", -1
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _content_length(self._head)
            self.body_size = int(found[1]) if found else 0
            self._missing = self.body_size - (len(self._head) - end - 4)
        else:
            self._missing -= len(data)
        if self._missing == 0 and self._answered and not self._answered.done():
            self._answered.set_result(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("the server hung up"))

    def close(self) -> None:
        self._transport.close()
