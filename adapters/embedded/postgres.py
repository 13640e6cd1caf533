import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from adapters.embedded.accounts import unprivileged_account
from adapters.embedded.data_folder import hold_data_folder
from adapters.embedded.leftovers import stop_leftover
from adapters.embedded.ports import LOOPBACK, free_ports, start_on_free_ports
from adapters.embedded.postgres_binaries import postgres_bin
from adapters.embedded.postgres_cluster import DATABASE, ROLE, STOP_STEPS, PostgresCluster
from adapters.embedded.server_process import ServerCommand, ServerProcess

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """PostgreSQL 18 on this machine, for as long as the context is entered.

    One holder a data folder (DataFolderInUse); the data stays for the next one, however this one ends.
    `durable=False` trades crash safety for speed: for tests. Raises EmbeddedServerError and its kinds.
    Enter it on a thread that lives as long as the server should: see `death_signal`.
    """

    dsn: str
    """postgresql://vitrine:<password>@127.0.0.1:<port>/vitrine, known once entered; the role is a superuser."""

    def __init__(self, data_dir: Path, *, durable: bool = True, start_seconds: float = 60.0) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._start_seconds = start_seconds
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            account = unprivileged_account(self._data_dir / "cluster")
            folder = opening.enter_context(hold_data_folder(self._data_dir, account))
            binaries = await asyncio.to_thread(postgres_bin, account)
            cluster = PostgresCluster(folder=folder, binaries=binaries, account=account)
            if cluster.path.exists():
                await stop_leftover(cluster.pid_file, argument=str(cluster.path), stop_steps=STOP_STEPS)
                cluster.disown_pid_file()
            else:
                await cluster.create(durable=self._durable)
            server, port = await self._start(cluster)
            opening.push_async_callback(server.stop)
            self.dsn = f"postgresql://{ROLE}:{cluster.password()}@{LOOPBACK}:{port}/{DATABASE}"
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._opened.aclose()

    async def _start(self, cluster: PostgresCluster) -> tuple[ServerProcess, int]:
        async def ready(pid: int) -> bool:
            return cluster.is_ready(pid)

        async def start(ports: Sequence[int]) -> tuple[ServerProcess, int]:
            command = self._command(cluster, ports[0])
            server = await ServerProcess.start(command, ready=ready, within=self._start_seconds)
            return server, ports[0]

        return await start_on_free_ports(lambda: free_ports(1), start)

    def _command(self, cluster: PostgresCluster, port: int) -> ServerCommand:
        settings = {"port": str(port), **_SETTINGS, **({} if self._durable else _NOT_DURABLE)}
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        return cluster.command("postgres", "-D", str(cluster.path), *flags)
