"""A gate on the way to the object store: it writes down what passes, and can be shut in the middle of an upload."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

from adapters.embedded.ports import LOOPBACK, free_ports

_REQUEST = re.compile(rb"(?:^|\r\n)?(PUT|GET) (\S+) HTTP/1\.1\r\n")


class StoreGate:
    """`target` is the port of the store behind it, known once the store is there."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.port = port
        self.target = 0
        self.requests: list[tuple[str, str]] = []
        self.shut = asyncio.Event()
        self._passing = asyncio.Event()
        self._passing.set()
        self._answers_left: int | None = None
        self._serving: set[asyncio.Task[None]] = set()

    def shut_after(self, answers: int) -> None:
        """Let so many more good answers pass to the client, then nothing. 0 shuts it now."""
        self._answers_left = answers
        self.shut.clear()
        if answers == 0:
            self._close()

    def open(self) -> None:
        self._answers_left = None
        self._passing.set()

    def forget(self) -> None:
        self.requests.clear()

    @property
    def sent_parts(self) -> list[int]:
        """Numbers of the parts that were put, in order, as often as they were."""
        numbers = [parse_qs(urlsplit(url).query).get("partNumber") for method, url in self.requests if method == "PUT"]
        return [int(number[0]) for number in numbers if number]

    @property
    def puts(self) -> int:
        return sum(method == "PUT" for method, _ in self.requests)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def close(self) -> None:
        tasks = list(self._serving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(LOOPBACK, self.target)
            sending = asyncio.create_task(self._send(reader, there_writer))
            try:
                await self._answer(there_reader, writer)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                for end in (writer, there_writer):
                    end.close()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._passing.wait()
            self.requests += [(method.decode(), url.decode()) for method, url in _REQUEST.findall(data)]
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._passing.wait()
            writer.write(data)
            await writer.drain()
            if self._answers_left and data.startswith(b"HTTP/1.1 200"):
                self._answers_left -= 1
                if self._answers_left == 0:
                    self._close()

    def _close(self) -> None:
        self._passing.clear()
        self.shut.set()


@asynccontextmanager
async def open_gate() -> AsyncIterator[StoreGate]:
    gate = StoreGate(free_ports(1)[0])
    server = await asyncio.start_server(gate.accept, LOOPBACK, gate.port)
    try:
        yield gate
    finally:
        server.close()
        await gate.close()
        await server.wait_closed()
