"""Deciding on dead letters, one after the other: what is refused does not keep the others from their turn."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from entrypoints.cli.asking import ask
from entrypoints.cli.options import Connection
from entrypoints.cli.problems import ApiRefused
from entrypoints.cli.terminal import notices, output

_OF_ONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
"""Refusals that concern a single letter; after any other the rest would be refused as well."""


async def replay_letters(connection: Connection, given: Sequence[UUID] | None, topic: str | None, *, yes: bool) -> None:
    """Those given, or all that are open, in the order in which they came."""
    console = notices()
    async with connection as client:
        if given is None:
            given = [letter.letter_id async for letter in client.dead_letters("OPEN", topic)][::-1]
        letters = list(dict.fromkeys(given))
        if not letters:
            output().print("There is nothing to replay.")
            return
        ask(f"Replay {_counted(len(letters))}?", yes=yes)
        replayed: set[UUID] = set()
        refused = 0
        for letter_id in _counting(console, "replaying", letters):
            if letter_id in replayed:
                continue
            try:
                replayed.update(await client.replay_letter(letter_id))
            except ApiRefused as refusal:
                _tell(console, letter_id, refusal)
                refused += 1
    _report(f"{_counted(len(replayed))} replayed", refused)


async def discard_letters(connection: Connection, given: Sequence[UUID], *, yes: bool) -> None:
    console = notices()
    letters = list(dict.fromkeys(given))
    ask(f"Discard {_counted(len(letters))} for good?", yes=yes)
    refused = 0
    async with connection as client:
        for letter_id in _counting(console, "discarding", letters):
            try:
                await client.discard_letter(letter_id)
            except ApiRefused as refusal:
                _tell(console, letter_id, refusal)
                refused += 1
    _report(f"{_counted(len(letters) - refused)} discarded", refused)


def _counting(console: Console, title: str, letters: Sequence[UUID]) -> Iterable[UUID]:
    return track(letters, title, console=console) if console.is_terminal else letters


def _tell(console: Console, letter_id: UUID, refusal: ApiRefused) -> None:
    if refusal.status not in _OF_ONE:
        raise refusal
    console.print(f"[red]✗[/red] {letter_id}: {escape(str(refusal))}", soft_wrap=True)


def _report(done: str, refused: int) -> None:
    output().print(f"{done}{f', {refused} refused' if refused else ''}.")
    if refused:
        raise typer.Exit(1)


def _counted(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number} dead letters"
