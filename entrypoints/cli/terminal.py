"""Where the commands write: results on standard output, what happens meanwhile on standard error."""

import msgspec
import typer
from rich.console import Console

_PIPE_WIDTH = 120


def output() -> Console:
    """Standard output. Into a pipe or a file, lines are not folded at some imagined terminal's edge."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPE_WIDTH)


def notices() -> Console:
    """Standard error, for progress and remarks."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=_PIPE_WIDTH)


def print_json(value: object) -> None:
    """To standard output, as the API answers it but for blanks."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value)).decode())
