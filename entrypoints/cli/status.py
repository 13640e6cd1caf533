import asyncio
from typing import Annotated
from uuid import UUID

import typer

from entrypoints.cli import options
from entrypoints.cli.client import ApiClient
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.following import follow
from entrypoints.cli.tables import print_assets, print_batches, print_steps
from entrypoints.cli.terminal import notices, output, print_json
from entrypoints.http.listing_media.responses import BatchStatusBody


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    *,
    listing: options.Listing,
    batch: options.Batch = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait until the batch is READY or FAILED.")] = False,
    as_json: options.AsJson = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Show the batches of a listing, or one batch with its steps and files.

    With --watch and no batch, the newest one is watched.

    For example:

      vitrine status --listing $LISTING

      vitrine status --listing $LISTING --watch

      vitrine status --listing $LISTING --json | jq .
    """
    asyncio.run(_status(options.connect(api, token), listing, batch, watch=watch, as_json=as_json))


async def _status(
    connection: options.Connection, listing: UUID, batch: UUID | None, *, watch: bool, as_json: bool
) -> None:
    async with connection as client:
        if batch is None and watch:
            batch = await _newest(client, listing)
        if batch is None:
            await _show_batches(client, listing, as_json=as_json)
        elif watch:
            settled = await follow(client, notices(), listing, batch)
            await _show_batch(client, listing, settled, as_json=as_json)
        else:
            await _show_batch(client, listing, await client.status(listing, batch), as_json=as_json)


async def _newest(client: ApiClient, listing: UUID) -> UUID:
    async for batch in client.batches(listing):
        return batch.batch_id
    raise CommandFailed("This listing has no batch yet.")


async def _show_batches(client: ApiClient, listing: UUID, *, as_json: bool) -> None:
    batches = [batch async for batch in client.batches(listing)]
    if as_json:
        print_json(batches)
    elif batches:
        print_batches(output(), batches)
    else:
        output().print("This listing has no batch yet.")


async def _show_batch(client: ApiClient, listing: UUID, found: BatchStatusBody, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    if found.processing is not None:
        print_steps(output(), found.processing.steps)
        output().print()
    settled = found.batch.settled_at is not None
    downloads = await client.downloads(listing, found.batch.batch_id) if settled else None
    print_assets(output(), found, downloads)
