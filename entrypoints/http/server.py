"""uvicorn inside our own event loop: the process, not the server, decides on signals."""

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn
from litestar.types import ASGIApp

_GRACE = 10
_POLL = 0.02


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        """Port 0 takes a free one; `url` knows which."""
        self._host = host
        self._server = _Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE,
                timeout_keep_alive=30,
                lifespan="on",
            )
        )

    async def serve(self) -> None:
        """Until `stop`. Raises OSError when the address is taken."""
        try:
            await self._server.serve()
        except SystemExit as refused:
            # uvicorn logs the reason and leaves the process; here others must still be closed.
            raise OSError("HTTP could not start: is the port taken? (VITRINE_PORT)") from refused

    async def ready(self) -> None:
        """Return once requests are answered."""
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(_POLL)

    async def stop(self) -> None:
        """Finish the requests at hand, for ten seconds at most."""
        self._server.should_exit = True

    @property
    def url(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://{self._host}:{port}"
