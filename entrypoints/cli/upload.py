import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape

from domain.batches.limits import UploadLimits
from entrypoints.cli import options
from entrypoints.cli.client import ApiClient
from entrypoints.cli.folder import default_reference, find_media
from entrypoints.cli.following import follow
from entrypoints.cli.hashing import LocalFile, hash_media
from entrypoints.cli.progress import open_meter
from entrypoints.cli.sizes import shown_size
from entrypoints.cli.tables import print_assets
from entrypoints.cli.terminal import notices, output
from entrypoints.cli.transfer import deliver
from entrypoints.http.listing_media.responses import BatchStatusBody
from entrypoints.settings import Settings

_INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    app.command()(upload)


def upload(
    folder: options.Folder,
    *,
    listing: options.Listing,
    reference: Annotated[
        str | None, typer.Option(help="Name of the batch; the folder's name when left out.", show_default=False)
    ] = None,
    project: Annotated[bool, typer.Option("--project", help="Documents and renders of a development.")] = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Deliver the media of a folder: hash, upload, process, and say what became of each file.

    Interrupted? Run the same command again: what has arrived is not sent twice.
    The exit code is 1 when the batch has failed.

    For example:

      vitrine upload photos --listing $LISTING

      vitrine upload plans --project --listing $LISTING

      vitrine upload photos --listing $LISTING --reference "second shoot"
    """
    try:
        settled = asyncio.run(_upload(options.connect(api, token), folder, listing, reference, project=project))
    except KeyboardInterrupt:
        notices().print("Interrupted. Run the same command again to go on where this stopped.", soft_wrap=True)
        raise typer.Exit(_INTERRUPTED) from None
    if settled.batch.status != "READY":
        raise typer.Exit(1)


async def _upload(
    connection: options.Connection, folder: Path, listing: UUID, reference: str | None, *, project: bool
) -> BatchStatusBody:
    limits = Settings.from_environment().limits
    async with connection as client:
        files = await select(folder, notices(), limits, project=project)
        name = reference or default_reference(folder)
        status = await send_and_follow(client, notices(), listing, name, files)
        downloads = await client.downloads(listing, status.batch.batch_id)
    print_assets(output(), status, downloads)
    return status


async def select(folder: Path, console: Console, limits: UploadLimits, *, project: bool) -> Sequence[LocalFile]:
    """Find and hash what goes; tell what is left out. Raises CommandFailed when nothing remains."""
    candidates = await find_media(folder, project=project, limits=limits)
    for skip in candidates.skipped:
        console.print(f"[yellow]skipped[/yellow] {escape(skip.path.name)}: {escape(skip.reason)}", soft_wrap=True)
    with open_meter(console, "hashing", total=candidates.total_bytes) as meter:
        return await hash_media(candidates, meter)


async def send_and_follow(
    client: ApiClient, console: Console, listing: UUID, reference: str, files: Sequence[LocalFile]
) -> BatchStatusBody:
    """Upload what has not arrived yet, then wait until everything is processed."""
    delivered = await deliver(client, console, listing, reference, files)
    if delivered.resumed_bytes:
        console.print(f"{shown_size(delivered.resumed_bytes)} had arrived before.", soft_wrap=True)
    return await follow(client, console, listing, delivered.batch_id)
