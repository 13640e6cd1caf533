from typing import Annotated

import msgspec
import typer
import uvloop

from adapters.embedded.ports import free_ports
from adapters.telemetry.log import configure_logging
from entrypoints.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the API; 0 takes a free one.", show_default=False)
    ] = None,
) -> None:
    """Run API, workers and relay in one process, until Ctrl-C.

    Without settings it brings its own PostgreSQL and object store; their data stays in .vitrine.

    For example:

      vitrine run

      vitrine run --port 9000

      VITRINE_LOG_FORMAT=json vitrine run
    """
    settings = with_port(Settings.from_environment(), port)
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.serving import serve  # noqa: PLC0415

    uvloop.run(serve(settings))


def with_port(settings: Settings, port: int | None) -> Settings:
    """Port 0 becomes a free one at once: addresses in answers name it."""
    wanted = settings.port if port is None else port
    return msgspec.structs.replace(settings, port=wanted or free_ports(1)[0])
