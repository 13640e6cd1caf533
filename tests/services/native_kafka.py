import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from adapters.embedded.data_folder import hold_data_folder
from adapters.embedded.ports import LOOPBACK, start_on_free_ports
from adapters.embedded.server_process import ServerProcess
from tests.lasting_ports import lasting_port
from tests.services.java import Java
from tests.services.kafka_answers import answers
from tests.services.kafka_node import KafkaNode

_FORMAT_SECONDS = 60.0
_ANSWER_SECONDS = 5.0


class NativeKafka:
    """Apache Kafka on this machine, one node on loopback, for as long as the context is entered.

    In between it may be stopped or killed and started again, on the same port and with the same data, and paused.
    One holder a folder; the data stays for the next one. The broker ends with this process, however that ends, where
    the kernel can do that (`death_signal`): enter it on a thread that lives as long as the broker should.
    Raises EmbeddedServerError and its kinds.
    """

    servers: str
    """127.0.0.1:<port>, known once entered."""

    def __init__(
        self, folder: Path, *, java: Java, jars: Path, flags: Sequence[str] = (), start_seconds: float = 90.0
    ) -> None:
        self._node = KafkaNode(folder=folder.resolve(), java=java, jars=jars, flags=flags)
        self._start_seconds = start_seconds
        self._server: ServerProcess | None = None
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            opening.enter_context(hold_data_folder(self._node.folder))
            opening.push_async_callback(self.stop)
            await start_on_free_ports(lambda: [lasting_port(), lasting_port()], self._start_on)
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._opened.aclose()

    @property
    def pid(self) -> int:
        assert self._server is not None, "Kafka is stopped"
        return int(self._node.pid_file.read_text())

    async def start(self) -> None:
        """Returns once it answers. Nothing happens to one that has been started."""
        if self._server is None:
            await self._start()

    async def stop(self) -> None:
        """In good order, also when it is paused. May be repeated."""
        await self._end(signal.SIGCONT)

    async def kill(self) -> None:
        """SIGKILL, as by a machine without memory. May be repeated."""
        await self._end(signal.SIGKILL)

    def pause(self) -> None:
        """It keeps its connections and says nothing more, like a machine that hangs."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def _end(self, number: signal.Signals) -> None:
        if self._server is not None:
            pid, server, self._server = self.pid, self._server, None
            os.kill(pid, number)
            await server.stop()

    async def _start_on(self, ports: Sequence[int]) -> None:
        port, controller_port = ports
        self._node.configure(port=port, controller_port=controller_port)
        if not self._node.data.exists():
            await ServerProcess.run(self._node.formatting(), within=_FORMAT_SECONDS)
        self.servers = f"{LOOPBACK}:{port}"
        await self._start()

    async def _start(self) -> None:
        async def ready(_pid: int) -> bool:
            return await _listens(self.servers) and await answers(self.servers, within=_ANSWER_SECONDS)

        self._server = await ServerProcess.start(self._node.serving(), ready=ready, within=self._start_seconds)


async def _listens(servers: str) -> bool:
    """Asked before aiokafka is, which logs an error each time that nobody is there."""
    host, _, port = servers.partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True
