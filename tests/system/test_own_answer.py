"""A start is not taken for done because somebody else answers on the port."""

import asyncio
import os
from collections.abc import AsyncIterator

import psutil
import pytest

from tests.system.own_answer import answers_ok
from tests.system.plain_http import plain_http


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Of this process, where every request is answered with 200."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_stranger_on_the_port_is_not_heard(port: int) -> None:
    async with plain_http(timeout=5) as http:
        assert await answers_ok(psutil.Process(), http, port, "/readyz")
        assert not await answers_ok(psutil.Process(os.getppid()), http, port, "/readyz")
