"""Media into the library and out of it, many at once."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from rich.console import Console

from application.concurrency import map_bounded
from entrypoints.cli.client import ApiClient
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.media_form import MediaForm
from entrypoints.cli.one_by_one import require_of_one, tell
from entrypoints.cli.problems import ApiRefused
from entrypoints.cli.progress import Meter, open_meter
from entrypoints.http.media.responses import MediaBody

_AT_ONCE = 4


async def forms_of(files: Sequence[Path], words: Mapping[str, str]) -> list[MediaForm]:
    """Raises CommandFailed for what is no file, before anything is sent."""
    return await asyncio.to_thread(lambda: [_form_of(path, words) for path in dict.fromkeys(files)])


async def upload_media(client: ApiClient, console: Console, forms: Sequence[MediaForm]) -> list[MediaBody]:
    """Those that are there now, in the order given; of the others is told why not."""
    with open_meter(console, "uploading", total=sum(form.size for form in forms)) as meter:
        made = await map_bounded(lambda form: _upload_one(client, meter, form), forms, at_once=_AT_ONCE)
    for form, answer in zip(forms, made, strict=True):
        if isinstance(answer, CommandFailed):
            tell(console, form.name, answer)
    return [answer for answer in made if isinstance(answer, MediaBody)]


async def delete_media(client: ApiClient, console: Console, media: Sequence[UUID]) -> int:
    """Answers how many are on their way out."""
    deleted = 0
    for media_id in media:
        try:
            await client.delete_media(media_id)
        except ApiRefused as refusal:
            require_of_one(refusal)
            tell(console, str(media_id), refusal)
        else:
            deleted += 1
    return deleted


async def _upload_one(client: ApiClient, meter: Meter, form: MediaForm) -> MediaBody | CommandFailed:
    key = str(form.path)
    meter.begin(key, form.name, form.size)
    try:
        return await client.upload_media(form, lambda count: meter.move(key, count))
    except CommandFailed as failure:
        require_of_one(failure)
        return failure
    finally:
        meter.end(key)


def _form_of(path: Path, words: Mapping[str, str]) -> MediaForm:
    if path.is_dir():
        raise CommandFailed(f"{path} is a folder: name the files in it, such as {path}/*.jpg.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror}.") from error
    return MediaForm(path=path, size=size, words=words)
