import asyncio
import http
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from adapters.embedded.data_folder import hold_data_folder
from adapters.embedded.leftovers import stop_leftover
from adapters.embedded.object_store_credentials import ObjectStoreCredentials, ensure_inner_keys
from adapters.embedded.ports import LOOPBACK, start_on_free_ports
from adapters.embedded.server_process import ServerProcess
from adapters.embedded.signed_request import REGION, status_of
from adapters.embedded.weed_command import STOP_STEPS, objects_argument, pid_file, weed_command
from adapters.embedded.weed_ports import choose_ports, remove_sockets

_HEALTH = "/healthz"
_PROBE = ".ready"
"""An object that is written and read in every bucket at each start."""


class EmbeddedObjectStore:
    """An S3 API on this machine (SeaweedFS), for as long as the context is entered.

    Ready means that every one of `buckets` takes and gives objects with the generated key; missing ones are created.
    One holder a data folder (DataFolderInUse); the objects stay for the next one, however this one ends.
    Raises EmbeddedServerError and its kinds. Enter it on a thread that lives as long as the server
    should: see `death_signal`.
    """

    region = REGION
    endpoint_url: str
    """http://127.0.0.1:<port>, known once entered, like the keys. The port stays the same while it is free."""
    access_key: str
    secret_key: str

    def __init__(self, data_dir: Path, *, buckets: Sequence[str], start_seconds: float = 60.0) -> None:
        self._data_dir = data_dir
        self._buckets = tuple(buckets)
        self._start_seconds = start_seconds
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            folder = opening.enter_context(hold_data_folder(self._data_dir))
            (folder / "objects").mkdir(mode=0o700, exist_ok=True)
            credentials = ObjectStoreCredentials.of(folder)
            ensure_inner_keys(folder)
            await stop_leftover(pid_file(folder), argument=objects_argument(folder), stop_steps=STOP_STEPS)
            server, ports = await self._start(folder, credentials)
            opening.callback(remove_sockets, ports)
            opening.push_async_callback(server.stop)
            self.endpoint_url = f"http://{LOOPBACK}:{ports[0]}"
            self.access_key = credentials.access_key
            self.secret_key = credentials.secret_key
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._opened.aclose()

    async def _start(self, folder: Path, credentials: ObjectStoreCredentials) -> tuple[ServerProcess, Sequence[int]]:
        async def start(ports: Sequence[int]) -> tuple[ServerProcess, Sequence[int]]:
            async def ready(_pid: int) -> bool:
                return await asyncio.to_thread(self._is_ready, ports[0], credentials)

            command = weed_command(folder, ports=ports, buckets=self._buckets, credentials=credentials)
            server = await ServerProcess.start(command, ready=ready, within=self._start_seconds)
            return server, ports

        return await start_on_free_ports(lambda: choose_ports(folder), start)

    def _is_ready(self, port: int, credentials: ObjectStoreCredentials) -> bool:
        def ok(method: str, path: str, body: bytes | None = None) -> bool:
            signed = credentials if path != _HEALTH else None
            return status_of(method, port, path, signed, body=body) == http.HTTPStatus.OK

        return ok("HEAD", _HEALTH) and all(
            # The buckets are known some time before the volumes are: until then no object can be read.
            ok("HEAD", f"/{bucket}") and ok("PUT", f"/{bucket}/{_PROBE}", b"ready") and ok("GET", f"/{bucket}/{_PROBE}")
            for bucket in self._buckets
        )
