"""The command `vitrine`."""

import sys

import typer
from rich.console import Console

from entrypoints.cli import demo, download, migrate, run, settings, status, token, upload
from entrypoints.cli.errors import PEOPLE_ERRORS, explain

app = typer.Typer(
    name="vitrine",
    help="Media back-end of a marketplace: direct uploads, processing, signed downloads.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for command in (run, migrate, token, upload, status, download, demo, settings):
    command.register(app)


def main() -> None:
    """Errors that people can mend are told in a sentence; defects keep their traceback."""
    try:
        app()
    except PEOPLE_ERRORS as error:
        Console(stderr=True).print(f"[red]✗[/red] {explain(error)}", highlight=False)
        sys.exit(1)
