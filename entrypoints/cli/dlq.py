import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from entrypoints.cli import options
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.letters import print_letter, print_table
from entrypoints.cli.limiting import first, tell_of_more
from entrypoints.cli.resolving import discard_letters, replay_letters
from entrypoints.cli.terminal import output, print_json

app = typer.Typer(
    name="dlq",
    help="Look after dead letters: tasks that used up their attempts, messages that could not be taken.",
    no_args_is_help=True,
)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app)


class ListedStatus(StrEnum):
    OPEN = "OPEN"
    REPLAYED = "REPLAYED"
    DISCARDED = "DISCARDED"
    ALL = "ALL"

    @property
    def asked(self) -> str | None:
        return None if self is ListedStatus.ALL else self.value


Letter = Annotated[UUID, typer.Argument(metavar="ID", help="A dead letter, by its id.", show_default=False)]
Topic = Annotated[
    str | None, typer.Option(help="Those that came from this topic, such as vitrine.listings.v1.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_(
    *,
    status: Annotated[ListedStatus, typer.Option(case_sensitive=False, help="What has become of them.")] = (
        ListedStatus.OPEN
    ),
    topic: Topic = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 100,
    as_json: options.AsJson = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """List dead letters, newest first: those of the token's store, and those that belong to none.

    For example:

      vitrine dlq list

      vitrine dlq list --topic vitrine.listings.v1 --status ALL

      vitrine dlq list --json | jq -r '.[].letterId'
    """
    asyncio.run(_list(options.connect(api, token), status.asked, topic, most, as_json=as_json))


@app.command()
def show(
    letter: Letter,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it: the body as base64.")] = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Show a dead letter: what is known of it, the headers, and the body as JSON or as a hex dump.

    For example:

      vitrine dlq show $ID

      vitrine dlq show $ID --json | jq -r .body.base64 | base64 -d > body
    """
    asyncio.run(_show(options.connect(api, token), letter, as_json=as_json))


@app.command()
def replay(
    letters: Annotated[list[UUID] | None, typer.Argument(metavar="ID", help="Dead letters, by their ids.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that are open, oldest first.")] = False,
    topic: Topic = None,
    yes: Yes = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Try again what was given up on.

    A message goes to its topic once more, as it came. Of a task, the batch is processed again: all its failed files,
    so one letter of a batch stands for all of them. The exit code is 1 when one could not be replayed.

    For example:

      vitrine dlq replay $ID

      vitrine dlq replay --all --topic vitrine.tasks.video.v1

      vitrine dlq replay --all --yes
    """
    if every == bool(letters):
        raise CommandFailed("Name the dead letters by their ids, or take them all with --all.")
    if topic and not every:
        raise CommandFailed("--topic goes with --all.")
    asyncio.run(replay_letters(options.connect(api, token), letters, topic, yes=yes))


@app.command()
def discard(
    letters: Annotated[list[UUID], typer.Argument(metavar="ID", help="Dead letters, by their ids.")],
    *,
    yes: Yes = False,
    api: options.Api = None,
    token: options.Token = None,
) -> None:
    """Put dead letters aside for good. They stay in the list of those that are DISCARDED.

    For example:

      vitrine dlq discard $ID --yes
    """
    asyncio.run(discard_letters(options.connect(api, token), letters, yes=yes))


async def _list(
    connection: options.Connection, status: str | None, topic: str | None, most: int, *, as_json: bool
) -> None:
    async with connection as client:
        found, more = await first(client.dead_letters(status, topic), most=most)
    if as_json:
        print_json(found)
    elif found:
        print_table(output(), found)
    else:
        output().print("There are no dead letters." if status is None else f"There are no {status} dead letters.")
    if more:
        tell_of_more(most)


async def _show(connection: options.Connection, letter_id: UUID, *, as_json: bool) -> None:
    async with connection as client:
        letter = await client.dead_letter(letter_id)
    if as_json:
        print_json(letter)
    else:
        print_letter(output(), letter)
