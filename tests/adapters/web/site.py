"""Sites of strangers, byte by byte."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

LOOPBACK = ip_network("127.0.0.1/32")
"""Where sites are; what lies beside it is forbidden."""
_NOTHING_LIKE_IT = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Site:
    """`answers` are by path; `heads` are the requests that came; `begun` and `ended` count them and the connections
    that have ended.
    """

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    ended: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    def serve(self, path: str, answer: Answer) -> str:
        """The URL of the answer."""
        self.answers[path] = answer
        return self.url + path

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def close(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                self.begun.release()
                answer = self.answers.get(head.split(" ")[1])
                await _until_gone(reader, answer(writer) if answer else _send(writer, _NOTHING_LIKE_IT))
        finally:
            self.ended.release()
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


async def _until_gone(reader: asyncio.StreamReader, answering: Awaitable[None]) -> None:
    """An answer ends with itself or with whoever it is for."""
    answer = asyncio.ensure_future(answering)
    gone = asyncio.create_task(reader.read())
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
    finally:
        answer.cancel()
        gone.cancel()
        await asyncio.gather(answer, gone, return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


@asynccontextmanager
async def open_site(*, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Site]:
    site = Site("")
    server = await asyncio.start_server(site.accept, host, 0, ssl=tls)
    try:
        site.url = f"{'https' if tls else 'http'}://{host}:{server.sockets[0].getsockname()[1]}"
        yield site
    finally:
        server.close()
        await site.close()
        await server.wait_closed()


def sends(*parts: bytes, every: float = 0.0) -> Answer:
    """These bytes, with a pause in seconds after each part."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            await _send(writer, part)
            await asyncio.sleep(every)

    return answer


def repeats(head: bytes, part: bytes, *, every: float = 0.0) -> Answer:
    """`part` without end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await _send(writer, head)
        while True:
            await _send(writer, part)
            await asyncio.sleep(every)

    return answer


def page(body: bytes, *, status: str = "200 OK", **headers: str) -> Answer:
    """Names of headers with underscores for dashes."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return sends(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{named}\r\n".encode() + body)


def redirect(target: str, *, status: str = "302 Found", **headers: str) -> Answer:
    return page(b"elsewhere", status=status, Location=target, **headers)


@dataclass
class Listener:
    """Takes connections and notes that they came; nobody answers."""

    socket: socket.socket

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def was_contacted(self) -> bool:
        try:
            connection, _ = self.socket.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@contextmanager
def listening(host: str, *, family: socket.AddressFamily = socket.AF_INET) -> Iterator[Listener]:
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        listener.setblocking(False)
        yield Listener(listener)
