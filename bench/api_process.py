"""The API in a process of its own, with its log. `python -m bench.api_process`."""

import asyncio
import signal

import uvloop

from adapters.telemetry.log import configure_logging
from entrypoints.garbage import spare_what_is_open
from entrypoints.http.server import HttpServer
from entrypoints.serving import api_server
from entrypoints.settings import Settings
from entrypoints.vitrine import open_vitrine


async def main() -> None:
    settings = Settings.from_environment()
    configure_logging(level=settings.log_level, as_json=True)
    async with open_vitrine(settings) as vitrine:
        await serve(api_server(vitrine))


async def serve(server: HttpServer) -> None:
    """Until SIGTERM. Prints the address once it answers."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serving = asyncio.create_task(server.serve())
    await server.ready()
    spare_what_is_open()
    print(server.url, flush=True)
    await stop.wait()
    await server.stop()
    await serving


if __name__ == "__main__":
    uvloop.run(main())
