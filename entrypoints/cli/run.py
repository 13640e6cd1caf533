import asyncio
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from adapters.telemetry.log import configure_logging
from entrypoints.cli.identity import Identity, demo_token
from entrypoints.http.server import HttpServer
from entrypoints.running import Vitrine, open_vitrine, run_all
from entrypoints.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    port: Annotated[int | None, typer.Option(help="Port of the API; 0 takes a free one.")] = None,
) -> None:
    """Run API, workers and relay in one process, until Ctrl-C.

    Without settings it brings its own PostgreSQL and object store; their data stays in .vitrine.
    """
    settings = Settings.from_environment()
    if port is not None:
        settings = msgspec.structs.replace(settings, port=port)
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    console = Console(stderr=True)
    with console.status("starting PostgreSQL, the object store and the decoders"):
        opening = open_vitrine(settings)
        vitrine = await opening.__aenter__()
    try:
        await run_all(vitrine, started=lambda server: _greet(console, vitrine, server))
    finally:
        await opening.__aexit__(None, None, None)
    console.print("stopped; the data stays")


async def _greet(console: Console, vitrine: Vitrine, server: HttpServer) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("API", server.url)
    table.add_row("Docs", f"{server.url}/docs")
    table.add_row("Objects", vitrine.services.public_bucket.endpoint_url)
    table.add_row("Stop", "Ctrl-C")
    console.print(table)
