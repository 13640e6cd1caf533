"""Deciding on dead letters, one after the other."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from rich.console import Console
from rich.progress import track

from entrypoints.cli.asking import ask
from entrypoints.cli.one_by_one import report, require_of_one, tell
from entrypoints.cli.options import Connection
from entrypoints.cli.problems import ApiRefused
from entrypoints.cli.terminal import notices, output


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
                require_of_one(refusal)
                tell(console, str(letter_id), refusal)
                refused += 1
    report(f"{_counted(len(replayed))} replayed", refused)


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
                require_of_one(refusal)
                tell(console, str(letter_id), refusal)
                refused += 1
    report(f"{_counted(len(letters) - refused)} discarded", refused)


def _counting(console: Console, title: str, letters: Sequence[UUID]) -> Iterable[UUID]:
    return track(letters, title, console=console) if console.is_terminal else letters


def _counted(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number} dead letters"
