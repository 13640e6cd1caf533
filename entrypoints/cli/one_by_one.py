"""Many items, one command: what is refused of one does not keep the others from their turn."""

from http import HTTPStatus

import typer
from rich.console import Console
from rich.markup import escape

from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.printable import printable
from entrypoints.cli.problems import ApiRefused
from entrypoints.cli.terminal import output

_OF_ONE = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals that concern a single item; after any other the rest would be refused as well."""


def require_of_one(failure: CommandFailed) -> None:
    """Raises it, if the others would be refused as well."""
    if isinstance(failure, ApiRefused) and failure.status not in _OF_ONE:
        raise failure


def tell(console: Console, name: str, failure: CommandFailed) -> None:
    console.print(f"[red]✗[/red] {escape(printable(name))}: {escape(printable(str(failure)))}", soft_wrap=True)


def report(done: str, refused: int) -> None:
    """Ends the command with exit code 1 when any was refused."""
    output().print(f"{done}{f', {refused} refused' if refused else ''}.")
    if refused:
        raise typer.Exit(1)
