"""Dead letters on a terminal. What they hold came from anywhere: none of it may steer the terminal."""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from json import dumps, loads

from rich.console import Console
from rich.markup import escape

from entrypoints.cli.plain_tables import facts_table, keep_rows_whole, plain_table, shown_moment
from entrypoints.cli.printable import printable
from entrypoints.cli.sizes import shown_size
from entrypoints.cli.tables import coloured
from entrypoints.http.dead_letters.responses import DeadLetterBody, DeadLetterSummaryBody, EnclosedBody

_WIDE = 100
_ROW = 16
_MOST_DUMPED = 4096
"""Bytes; who wants more has --json."""


def print_table(console: Console, letters: Sequence[DeadLetterSummaryBody]) -> None:
    """As they come. In a narrow terminal what matters least goes; into a pipe each letter is one line."""
    keep_rows_whole(console)
    wide = console.width >= _WIDE
    headers = ("id", *(["when", "topic"] if wide else []), "what", "error", "attempts", "status")
    table = plain_table(*headers, fixed={"id", "when", "status"}, right={"attempts"})
    for letter in letters:
        table.add_row(
            str(letter.letter_id),
            *([shown_moment(letter.created_at), escape(letter.topic)] if wide else []),
            _text(_what(letter)),
            _text(letter.error_code),
            str(letter.attempts),
            coloured(letter.status),
        )
    console.print(table)


def print_letter(console: Console, letter: DeadLetterBody) -> None:
    facts = {
        "id": str(letter.letter_id),
        "status": letter.status,
        "what": _what(letter),
        "topic": letter.topic,
        "place": letter.place,
        "consumer": letter.consumer,
        "key": letter.key,
        "message": letter.message_id,
        "task": letter.task_id,
        "asset": letter.asset_id,
        "batch": letter.batch_id,
        "job": letter.job_id,
        "listing": letter.listing_id,
        "media": letter.media_id,
        "error": letter.error_code,
        "detail": letter.error_detail,
        "attempts": letter.attempts,
        "created": shown_moment(letter.created_at),
        "resolved": letter.resolved_at and shown_moment(letter.resolved_at),
        "resolved by": letter.resolved_by,
    }
    _print_facts(console, {name: str(fact) for name, fact in facts.items() if fact is not None})
    console.print("\n[bold]headers[/bold]")
    _print_facts(console, letter.headers)
    console.print(f"\n[bold]body[/bold] {shown_size(letter.body.bytes)}{' (truncated)' if letter.truncated else ''}")
    for line in _body_lines(letter.body):
        console.print(escape(line), soft_wrap=True)


def _print_facts(console: Console, facts: Mapping[str, str]) -> None:
    console.print(facts_table({_text(name): _text(fact) for name, fact in facts.items()}))


def _text(text: str) -> str:
    return escape(printable(text))


def _what(letter: DeadLetterSummaryBody) -> str:
    """Topics of tasks are named for their kind."""
    if letter.kind == "TASK":
        return f"{letter.topic.split('.')[2]} task"
    return letter.message_type or "message"


def _body_lines(body: EnclosedBody) -> Iterator[str]:
    if body.text is not None:
        try:
            yield from printable(dumps(loads(body.text), indent=2, ensure_ascii=False)).splitlines()
        except (ValueError, RecursionError):
            pass  # no JSON
        else:
            return
    yield from _dump(b64decode(body.base64))


def _dump(data: bytes) -> Iterator[str]:
    for start in range(0, min(len(data), _MOST_DUMPED), _ROW):
        row = data[start : start + _ROW]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004 - printable ASCII
        yield f"{start:08x}  {row.hex(' '):<{3 * _ROW}} {shown}"
    if len(data) > _MOST_DUMPED:
        yield f"... and {shown_size(len(data) - _MOST_DUMPED)} more: --json has them all"
