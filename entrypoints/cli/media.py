import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from domain.media.content_class import ContentClass
from domain.media.kind import MediaKind
from entrypoints.cli import options
from entrypoints.cli.asking import ask
from entrypoints.cli.library import print_forecast, print_library, print_media
from entrypoints.cli.limiting import first, tell_of_more
from entrypoints.cli.media_changes import delete_media, forms_of, upload_media
from entrypoints.cli.one_by_one import report, require_of_one, tell
from entrypoints.cli.problems import ApiRefused
from entrypoints.cli.terminal import notices, output, print_json
from entrypoints.http.media.requests import ShownStatus

app = typer.Typer(
    name="media",
    help="The library: put files in, look through it, see who uses what, take files out.",
    no_args_is_help=True,
)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app)


@app.command()
def upload(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files, each of which becomes a media.")],
    *,
    kind: Annotated[MediaKind, typer.Option(help="What they are for; it decides on types and sizes.")] = (
        MediaKind.PRODUCT
    ),
    folder: Annotated[str, typer.Option(help="Folder of the library.", show_default="general")] = "",
    alt_text: Annotated[str, typer.Option(help="What they show, for those who cannot see it.")] = "",
    description: Annotated[str, typer.Option(help="Anything else.")] = "",
    as_json: options.AsJson = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Put files into the library, four at a time.

    A file that is refused does not keep the others out; the exit code is 1 then.

    For example:

      vitrine media upload photo.jpg

      vitrine media upload shoot/*.jpg --folder spring --alt-text "the new collection"

      vitrine media upload report.pdf --kind coa --json | jq -r '.[].mediaId'
    """
    words = {"kind": kind.value, "folder": folder, "altText": alt_text, "description": description}
    asyncio.run(_upload(options.connect(api, token), files, words, as_json=as_json))


@app.command("list")
def list_(
    *,
    search: Annotated[str, typer.Option(help="Words; each begins a word of the name.")] = "",
    kind: Annotated[MediaKind | None, typer.Option(help="What it is for.", show_default=False)] = None,
    media_type: Annotated[ContentClass | None, typer.Option("--type", help="What it is.", show_default=False)] = None,
    folder: Annotated[str, typer.Option(help="This very folder.")] = "",
    mime: Annotated[str, typer.Option(help="Such as image/png.")] = "",
    status: Annotated[
        ShownStatus | None, typer.Option(case_sensitive=False, help="How far it is.", show_default=False)
    ] = None,
    unused: Annotated[bool, typer.Option("--unused", help="Only what nothing uses.")] = False,
    most: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    as_json: options.AsJson = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Look through the library, newest first. All that is given must apply.

    For example:

      vitrine media list

      vitrine media list --search "oil lamp" --type image

      vitrine media list --unused --limit 1000 --json | jq -r '.[].mediaId'
    """
    given = {
        "search": search,
        "kind": kind,
        "mediaType": media_type,
        "folder": folder,
        "mime": mime,
        "status": status,
        "unused": "true" if unused else "",
    }
    filters = {name: str(value) for name, value in given.items() if value}
    asyncio.run(_list(options.connect(api, token), filters, most, as_json=as_json))


@app.command()
def show(
    media: Annotated[UUID, typer.Argument(metavar="ID", help="A media, by its id.", show_default=False)],
    *,
    as_json: options.AsJson = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Show a media: what is known of it, signed URLs of the file and its variants, and who uses it.

    For example:

      vitrine media show $ID

      vitrine media show $ID --json | jq -r '.variants[].url'
    """
    asyncio.run(_show(options.connect(api, token), media, as_json=as_json))


@app.command()
def delete(
    media: Annotated[list[UUID], typer.Argument(metavar="ID", help="Media, by their ids.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Take media out of the library, and out of whatever uses them.

    A protected use keeps a media, and is named; the exit code is 1 then.

    For example:

      vitrine media delete $ID --dry-run

      vitrine media delete $ID

      vitrine media delete $(vitrine media list --unused --json | jq -r '.[].mediaId') --yes
    """
    chosen = list(dict.fromkeys(media))
    connection = options.connect(api, token)
    asyncio.run(_forecast(connection, chosen) if dry_run else _delete(connection, chosen, yes=yes))


async def _upload(
    connection: options.Connection, files: Sequence[Path], words: dict[str, str], *, as_json: bool
) -> None:
    forms = await forms_of(files, words)
    async with connection as client:
        made = await upload_media(client, notices(), forms)
    if as_json:
        print_json(made)
    elif made:
        print_library(output(), made)
    if len(made) < len(forms):
        raise typer.Exit(1)


async def _list(connection: options.Connection, filters: dict[str, str], most: int, *, as_json: bool) -> None:
    async with connection as client:
        found, more = await first(client.media(filters), most=most)
    if as_json:
        print_json(found)
    elif found:
        print_library(output(), found)
    else:
        output().print("Nothing in the library is like that." if filters else "The library is empty.")
    if more:
        tell_of_more(most)


async def _show(connection: options.Connection, media_id: UUID, *, as_json: bool) -> None:
    async with connection as client:
        media = await client.media_detail(media_id)
        usages = [] if as_json else [usage async for usage in client.usages(media_id)]
    if as_json:
        print_json(media)
    else:
        print_media(output(), media, usages)


async def _forecast(connection: options.Connection, media: Sequence[UUID]) -> None:
    stay = 0
    async with connection as client:
        for media_id in media:
            try:
                found, forecast = await client.media_detail(media_id), await client.foresee_deletion(media_id)
            except ApiRefused as refusal:
                require_of_one(refusal)
                tell(notices(), str(media_id), refusal)
                stay += 1
            else:
                print_forecast(output(), found, forecast)
                stay += not forecast.allowed
    if stay:
        raise typer.Exit(1)


async def _delete(connection: options.Connection, media: Sequence[UUID], *, yes: bool) -> None:
    ask(f"Delete {len(media)} media, and take {'it' if len(media) == 1 else 'them'} out of all uses?", yes=yes)
    async with connection as client:
        deleted = await delete_media(client, notices(), media)
    report(f"{deleted} media on the way out", len(media) - deleted)
