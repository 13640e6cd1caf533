"""A TCP proxy in front of the real store that spoils chosen connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import urlsplit

from adapters.s3.address import BucketAddress

CLOSE = "close"
"""Accept and hang up."""
FAIL = "fail"
"""Answer 503."""
CUT = "cut"
"""Pass the answer on, but only its first 300,000 bytes."""
BREAK = "break"
"""Take 300,000 bytes of the request, then hang up."""
HANG = "hang"
"""Accept and never answer."""
ONCE = "once"
"""Pass on one short answer, then hang up: what comes next is another connection."""
SLOW = "slow"
"""Pass on, but say nothing for 0.6 s."""
LATE = "late"
"""Answer 200, and on second thoughts an error."""


@dataclass
class FaultyProxy:
    """`faults` are dealt to connections as they come; when they are used up, all goes well."""

    address: BucketAddress
    faults: list[str] = field(default_factory=list)
    connections: int = 0
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    CUT_AFTER: ClassVar[int] = 300_000

    @property
    def _target(self) -> tuple[str, int]:
        parts = urlsplit(self.address.endpoint_url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fault = self.faults.pop(0) if self.faults else ""
        self._serving.add(asyncio.create_task(self._serve(reader, writer, fault)))

    async def close(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str) -> None:
        async with _closing(writer):
            if fault == HANG:
                await reader.read()
            elif fault == BREAK:
                await reader.readexactly(self.CUT_AFTER)
            elif fault == FAIL:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
            elif fault == LATE:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\n \r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                error = b"<Error><Code>InternalError</Code></Error>"
                writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(error), error))
                await writer.drain()
            elif fault != CLOSE:
                await self._pass_on(reader, writer, fault)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str) -> None:
        limit = {CUT: self.CUT_AFTER, ONCE: 1}.get(fault)
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        async with _closing(there_writer):
            sending = asyncio.create_task(_copy(reader, there_writer, None))
            try:
                await asyncio.sleep(0.6 if fault == SLOW else 0)
                await _copy(there_reader, writer, limit)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
    passed = 0
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
        passed += len(data)
        if limit is not None and passed >= limit:
            return


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    with suppress(OSError, asyncio.IncompleteReadError):
        try:
            yield
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def faulty_proxy(address: BucketAddress) -> AsyncIterator[tuple[FaultyProxy, BucketAddress]]:
    """The proxy, and the bucket's address through it."""
    proxy = FaultyProxy(address)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield proxy, replace(address, endpoint_url=f"http://127.0.0.1:{port}")
    finally:
        server.close()
        await server.wait_closed()
        await proxy.close()
