import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import aiohttp
import typer
from rich.console import Console
from rich.markup import escape

from entrypoints.cli import options
from entrypoints.cli.downloads import items_of
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.fetching import AT_ONCE, Offered, StoreFetcher, Wanted
from entrypoints.cli.local_names import archive_file, wanted_files
from entrypoints.cli.progress import open_meter
from entrypoints.cli.sizes import shown_size
from entrypoints.cli.terminal import notices, output
from entrypoints.http.listing_media.responses import DownloadsBody

_PLAYLIST = "hls"


def register(app: typer.Typer) -> None:
    app.command()(download)


def download(
    out: Annotated[Path, typer.Argument(help="The folder to save to; made if need be.")],
    *,
    listing: options.Listing,
    batch: options.Batch = None,
    renditions: Annotated[
        list[str] | None,
        typer.Option(
            help="original, thumbnail, small, medium, large, mp4-1080p or mp4-720p; repeat for more. All when left out."
        ),
    ] = None,
    archive: Annotated[bool, typer.Option("--zip", help="The ZIP of the originals instead of single files.")] = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Download what a batch has to offer; the newest READY batch when none is named.

    Interrupted? Run the same command again: complete files stay, others go on where they stopped.

    For example:

      vitrine download out --listing $LISTING

      vitrine download out --listing $LISTING --renditions large --renditions mp4-720p

      vitrine download out --listing $LISTING --zip
    """
    asyncio.run(_download(options.connect(api, token), out, listing, batch, renditions or [], archive=archive))


async def _download(
    connection: options.Connection,
    out: Path,
    listing: UUID,
    batch: UUID | None,
    renditions: Sequence[str],
    *,
    archive: bool,
) -> None:
    if _PLAYLIST in renditions:
        raise CommandFailed("hls is a playlist for players, not a file: mp4-1080p and mp4-720p are the same video.")
    async with connection as client:
        downloads = await client.downloads(listing, batch, renditions or None)
    if downloads is None:
        raise CommandFailed("This listing has no READY batch yet; `vitrine status` shows how far they are.")
    for reason in unavailable(downloads):
        notices().print(f"[yellow]missing[/yellow] {escape(reason)}", soft_wrap=True)
    zipped = archive_file(downloads, out / f"{downloads.batch_id}.zip")
    if archive and zipped is None:
        raise CommandFailed("This batch has no ZIP: the step that makes it failed. `vitrine status` says why.")
    wanted = [zipped] if archive and zipped is not None else wanted_files(downloads, out, renditions)
    if not wanted:
        raise CommandFailed("The batch offers none of that.")
    saved = await save(wanted, notices())
    size = shown_size(sum(file.size for file in saved))
    output().print(f"{len(saved)} files, {size}, in {escape(str(out))}", soft_wrap=True)


async def save(wanted: Sequence[Wanted], console: Console) -> Sequence[Offered]:
    """Download all of it, with bars. Raises CommandFailed."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2 * AT_ONCE)) as session:
        fetcher = StoreFetcher(session)
        offered = await fetcher.inspect(wanted)
        total, here = sum(file.size for file in offered), sum(file.present for file in offered)
        with open_meter(console, "downloading", total=total, done=here) as meter:
            await fetcher.fetch(offered, meter)
    return offered


def unavailable(downloads: DownloadsBody) -> list[str]:
    """Items that cannot be served, with the reason."""
    return [
        f"{item.label}: {item.error.detail} ({item.error.code})"
        for _, item in items_of(downloads)
        if item.error is not None and item.url is None
    ]
