"""Whether a command line of `vitrine` would be accepted."""

from collections.abc import Sequence
from typing import Any

from typer.main import get_command

from entrypoints.cli.command_line import command_line


class NoSuchCommand(LookupError):
    pass


def check(arguments: Sequence[str]) -> None:
    """Nothing is run. Raises NoSuchCommand, or typer's usage error: no such option, or something is missing."""
    command: Any = get_command(command_line())
    rest = list(arguments)
    while hasattr(command, "commands"):
        name = rest.pop(0) if rest else ""
        if name not in command.commands:
            raise NoSuchCommand(f"vitrine {' '.join(arguments)}")
        command = command.commands[name]
    command.make_context("vitrine", rest)
