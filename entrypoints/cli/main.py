"""The command `vitrine`."""

import sys

import typer

from entrypoints.cli import (
    api,
    asyncapi,
    audit,
    consume,
    demo,
    dlq,
    download,
    listing,
    media,
    migrate,
    relay,
    run,
    seed,
    settings,
    status,
    token,
    topics,
    upload,
    worker,
)
from entrypoints.cli.errors import PEOPLE_ERRORS, causes, explain
from entrypoints.cli.terminal import notices
from entrypoints.garbage import look_seldom

app = typer.Typer(
    name="vitrine",
    help="Media back-end of a marketplace: direct uploads, processing, signed downloads.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    *(run, demo, seed, token, listing, upload, status, download, media, settings, asyncapi),
    *(migrate, topics, api, relay, worker, consume, dlq, audit),
)
for command in COMMANDS:
    command.register(app)


def main() -> None:
    """Errors that people can mend are told in a sentence; defects keep their traceback."""
    look_seldom()
    try:
        app()
    except Exception as failure:
        found = list(causes(failure))
        if not all(isinstance(error, PEOPLE_ERRORS) for error in found):
            raise
        for message in dict.fromkeys(explain(error) for error in found):
            notices().print(f"[red]✗[/red] {message.replace('[', chr(92) + '[')}", soft_wrap=True)
        sys.exit(1)
