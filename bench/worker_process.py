"""Workers as they are deployed, with the relay, in a process of its own. `python -m bench.worker_process`."""

import asyncio

import uvloop

from adapters.telemetry.log import configure_logging
from entrypoints.http.server import HttpServer
from entrypoints.parts import relay, workers
from entrypoints.process import live
from entrypoints.serving import probe_server
from entrypoints.settings import Settings
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import open_vitrine
from entrypoints.worker_kind import WorkerKind


async def main() -> None:
    settings = Settings.from_environment()
    configure_logging(level=settings.log_level, as_json=True)
    stop = StopSignal()
    stop.listen()
    async with open_vitrine(settings) as vitrine:
        await live(
            [*workers(vitrine, [WorkerKind.IMAGE]), relay(vitrine)],
            probe_server(vitrine),
            started=_tell,
            stop=stop,
            drain=settings.drain_for,
            server_goes_last=True,
            loops=vitrine.resources.loops,
            log=vitrine.resources.log,
        )


async def _tell(_: HttpServer) -> None:
    await asyncio.to_thread(print, "ready", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
