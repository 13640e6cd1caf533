"""The command `vitrine`."""

import sys

from entrypoints.cli.command_line import COMMANDS, command_line
from entrypoints.cli.errors import PEOPLE_ERRORS, causes, explain
from entrypoints.cli.terminal import notices
from entrypoints.garbage import look_seldom


def main() -> None:
    """Errors that people can mend are told in a sentence; defects keep their traceback."""
    look_seldom()
    try:
        command_line(_asked_for(sys.argv[1:]))()
    except Exception as failure:
        found = list(causes(failure))
        if not all(isinstance(error, PEOPLE_ERRORS) for error in found):
            raise
        for message in dict.fromkeys(explain(error) for error in found):
            notices().print(f"[red]✗[/red] {message.replace('[', chr(92) + '[')}", soft_wrap=True)
        sys.exit(1)


def _asked_for(arguments: list[str]) -> tuple[str, ...]:
    """The command that comes first; all, where the answer is about all of them."""
    return tuple(arguments[:1]) if arguments[:1] and arguments[0] in COMMANDS else COMMANDS
