"""The whole of Vitrine in this process, and what it says when it is there."""

import sys
from collections.abc import Sequence
from uuid import uuid4

import msgspec
from rich.console import Console
from rich.table import Table

from domain.listings.listing import ListingKind
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.identity import DEMO_USER, demo_principal, signed_token
from entrypoints.cli.listing import awaiting_media
from entrypoints.cli.terminal import notices
from entrypoints.http.server import HttpServer
from entrypoints.running import run_all
from entrypoints.settings import Settings
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import Vitrine, open_vitrine


async def serve(settings: Settings) -> None:
    """Until SIGINT or SIGTERM. Where logs are for machines, nothing else is written."""
    console = notices() if settings.log_format == "console" else Console(quiet=True)
    console.print("Starting PostgreSQL, the object store and the decoders ...")
    stop = StopSignal()
    async with open_vitrine(settings) as vitrine:
        stop.listen()
        await run_all(vitrine, started=lambda server: _greet(console, vitrine, server), stop=stop)
        console.print("Stopping ...")
    console.print("Stopped. The data stays.")


async def _greet(console: Console, vitrine: Vitrine, server: HttpServer) -> None:
    if console.quiet:
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
    console.print("\nA token of all roles, for twelve hours, and first calls:", style="bold")
    # Lines to copy: folding would break them.
    for line in (f"TOKEN={token}", *_first_calls(server.url)):
        console.print(line, soft_wrap=True, markup=False)


def _first_calls(address: str) -> Sequence[str]:
    """A listing, and the media that it awaits."""
    listing_id = uuid4()
    body = msgspec.json.encode(awaiting_media(ListingKind.PROPERTY, DEMO_USER)).decode()
    headers = """-H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'"""
    return [
        f"curl -X PUT {address}/api/v2/listings/{listing_id} {headers} -d '{body}'",
        f"{sys.argv[0]} upload FOLDER --listing {listing_id} --api {address} --token $TOKEN",
    ]
