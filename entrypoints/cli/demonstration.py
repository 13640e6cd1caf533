"""The demo: servers of its own, and a journey through the API."""

from pathlib import Path

from adapters.embedded.ports import free_ports
from entrypoints.cli.demo_journey import Journey
from entrypoints.cli.terminal import output
from entrypoints.http.server import HttpServer
from entrypoints.running import run_all
from entrypoints.settings import Settings
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import open_vitrine


async def demonstrate(photos: Path | None, out: Path, scratch: Path) -> bool:
    """True when every file was processed. Nothing of `scratch` is needed afterwards."""
    console = output()
    settings = Settings(data_dir=str(scratch / "data"), port=free_ports(1)[0])
    ready, stop = False, StopSignal()
    console.print("Starting PostgreSQL, an S3 store and the decoders ...")
    async with open_vitrine(settings) as vitrine:

        async def travel(server: HttpServer) -> None:
            nonlocal ready
            console.print(f"The API answers at {server.url}", soft_wrap=True)
            ready = await Journey(console, settings, server.url, samples=scratch / "samples", out=out).travel(photos)
            stop.send()

        await run_all(vitrine, started=travel, stop=stop)
    return ready
