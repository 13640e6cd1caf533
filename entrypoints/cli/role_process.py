"""One role of a deployment in this process."""

from collections.abc import Awaitable
from typing import Protocol

import uvloop

from adapters.telemetry.log import configure_logging
from entrypoints.cli.run import with_port
from entrypoints.http.server import HttpServer
from entrypoints.process import Started
from entrypoints.role import Role
from entrypoints.settings import Settings
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import Vitrine, open_role


class RunRole(Protocol):
    def __call__(self, vitrine: Vitrine, *, started: Started, stop: StopSignal) -> Awaitable[None]: ...


def run_role(role: Role, run: RunRole, port: int | None, settings: Settings | None = None) -> None:
    """Until SIGTERM, and then until the work at hand is done, or VITRINE_DRAIN is over; a second signal ends that."""
    settings = with_port(settings or Settings.from_environment(), port)
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    uvloop.run(_serve(settings, role, run))


async def _serve(settings: Settings, role: Role, run: RunRole) -> None:
    stop = StopSignal()
    stop.listen()
    async with open_role(settings, role) as vitrine:
        log = vitrine.resources.log

        async def started(server: HttpServer) -> None:
            log.info("started", role=role, address=server.url)

        await run(vitrine, started=started, stop=stop)
        log.info("stopped", role=role)
