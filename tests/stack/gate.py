"""A door in front of a real service, on an address that stays the same: it can be shut, or lead nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

_PIECE = 1 << 16


class Mood(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    """Connections are accepted and hung up, those that stand too."""
    SILENT = "silent"
    """Nothing comes through, and nobody says so."""
    ANGRY = "angry"
    """Every HTTP request is answered 500."""


class Gate:
    """Listens on `port` of the loopback for as long as it is open as a context."""

    port: int

    def __init__(self, target: int) -> None:
        """`target` is a port of the loopback; it may change."""
        self.target = target
        self.mood = Mood.OPEN
        self.spoilt = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._awake.set()

    def turn(self, mood: Mood) -> None:
        """From now on; SHUT and ANGRY end what stands."""
        self.mood = mood
        if mood is Mood.SILENT:
            self._awake.clear()
        else:
            self._awake.set()
        if mood in {Mood.SHUT, Mood.ANGRY}:
            for task in list(self._serving):
                task.cancel()

    @asynccontextmanager
    async def turned(self, mood: Mood) -> AsyncIterator[None]:
        self.turn(mood)
        try:
            yield
        finally:
            self.turn(Mood.OPEN)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            try:
                if self.mood is Mood.ANGRY:
                    self.spoilt += 1
                    await reader.readuntil(b"\r\n\r\n")
                    writer.write(
                        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    await writer.drain()
                elif self.mood is not Mood.SHUT:
                    await self._pass_on(reader, writer)
            finally:
                writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        directions = [asyncio.create_task(self._copy(reader, back)), asyncio.create_task(self._copy(there, writer))]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.close()
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_PIECE):
            await self._awake.wait()
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


@asynccontextmanager
async def open_gate(target: int) -> AsyncIterator[Gate]:
    gate = Gate(target)
    server = await asyncio.start_server(gate.accept, "127.0.0.1", 0)
    gate.port = server.sockets[0].getsockname()[1]
    try:
        yield gate
    finally:
        server.close()
        await gate.close()
