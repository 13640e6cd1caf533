import sys

import typer

from entrypoints.cli.errors import CommandFailed


def ask(question: str, *, yes: bool) -> None:
    """Go on only if a person agrees, or has said so beforehand. Raises Abort, and CommandFailed where nobody can be
    asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandFailed(f"{question} Nobody can be asked here: --yes says so.")
    typer.confirm(question, abort=True)
