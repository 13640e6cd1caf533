import asyncio
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from adapters.embedded.ports import free_ports
from adapters.telemetry.log import configure_logging
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.identity import demo_principal, signed_token
from entrypoints.cli.terminal import notices
from entrypoints.http.server import HttpServer
from entrypoints.running import Vitrine, open_vitrine, run_all
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
    asyncio.run(_serve(settings))


def with_port(settings: Settings, port: int | None) -> Settings:
    """Port 0 becomes a free one at once: addresses in answers name it."""
    wanted = settings.port if port is None else port
    return msgspec.structs.replace(settings, port=wanted or free_ports(1)[0])


async def _serve(settings: Settings) -> None:
    console = notices() if settings.log_format == "console" else Console(quiet=True)
    console.print("Starting PostgreSQL, the object store and the decoders ...")
    async with open_vitrine(settings) as vitrine:
        await run_all(vitrine, started=lambda server: _greet(console, vitrine, server))
        console.print("Stopping ...")
    console.print("Stopped. The data stays.")


async def _greet(console: Console, vitrine: Vitrine, server: HttpServer) -> None:
    vitrine.resources.log.info("started", api=server.url, objects=vitrine.services.public_bucket.endpoint_url)
    table = Table.grid(padding=(0, 2))
    table.add_row("API", server.url)
    table.add_row("Docs", f"{server.url}/docs")
    table.add_row("Objects", vitrine.services.public_bucket.endpoint_url)
    table.add_row("Stop", "Ctrl-C")
    console.print(table)
    try:
        token = signed_token(vitrine.settings, demo_principal())
    except CommandFailed:
        return
    console.print("\nA token of all roles, for twelve hours, and a first call:", style="bold")
    # Lines to copy: folding would break them.
    console.print(f"TOKEN={token}", soft_wrap=True, markup=False)
    console.print(_first_call(server.url), soft_wrap=True, markup=False)


def _first_call(url: str) -> str:
    return f'curl -H "Authorization: Bearer $TOKEN" "{url}/api/v2/listings/media/uploads?listingId=$(vitrine listing)"'
