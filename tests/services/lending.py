"""One Kafka for all workers of a run: it is started in the process that started them, when the first of them asks.

A broker of each worker's own would take four seconds of CPU to start, and a twentieth of a core while it waits.
"""

import asyncio
import json
import os
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.services.kafka import KAFKA
from tests.services.ladder import ServiceMissing, outcome

DOOR = "VITRINE_TEST_KAFKADOOR"
"""Where workers ask: the path of a socket, in their environment."""
_START_SECONDS = 150.0


@contextmanager
def lending() -> Iterator[None]:
    """For all processes that are started until the block ends."""
    with TemporaryDirectory(prefix="vitrine-lending-") as folder:
        lender = _Lender(Path(folder) / "door")
        thread = threading.Thread(target=asyncio.run, args=[lender.lend()], name="lending")
        thread.start()
        lender.listens.wait(_START_SECONDS)
        try:
            with patch.dict(os.environ, {DOOR: str(lender.door)}):
                yield
        finally:
            lender.end()
            thread.join()


class _Lender:
    def __init__(self, door: Path) -> None:
        self.door = door
        self.listens = threading.Event()

    async def lend(self) -> None:
        """Until `end`. The broker lives as long as the thread that starts it, at most."""
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._answer: dict[str, str] | None = None
        async with AsyncExitStack() as self._opened:
            server = await asyncio.start_unix_server(self._serve, self.door)
            self.listens.set()
            await self._ending.wait()
            server.close()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)

    async def _serve(self, _: StreamReader, writer: StreamWriter) -> None:
        async with self._one_at_a_time:
            if self._answer is None:
                self._answer = await self._open()
        writer.write(json.dumps(self._answer).encode())
        writer.close()

    async def _open(self) -> dict[str, str]:
        try:
            return {"servers": await self._opened.enter_async_context(KAFKA.prepare().open())}
        except ServiceMissing as missing:
            return {"missing": str(missing)}
        except Exception as error:  # noqa: BLE001 - it is told where a test waits for the broker
            return {"failed": repr(error)}


@asynccontextmanager
async def shared_kafka() -> AsyncIterator[str]:
    """host:port of the broker of this run; of one of this process' own, where nobody lends."""
    door = os.environ.get(DOOR)
    if door is None:
        async with KAFKA.open() as servers:
            yield servers
        return
    async with asyncio.timeout(_START_SECONDS):
        reader, writer = await asyncio.open_unix_connection(door)
        answer = json.loads(await reader.read())
        writer.close()
    if "missing" in answer:
        raise outcome(answer["missing"], os.environ)
    assert "servers" in answer, f"Kafka did not start: {answer}"
    yield answer["servers"]
