"""How all tables of the command line look."""

from collections.abc import Collection, Mapping
from datetime import datetime

from rich.console import Console
from rich.table import Table

_UNBOUNDED = 1_000


def plain_table(*headers: str, fixed: Collection[str], right: Collection[str] = ()) -> Table:
    """Columns that are `fixed` are never folded; those at the `right` hold numbers."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(
            header, no_wrap=header in fixed, justify="right" if header in right else "left", overflow="fold"
        )
    return table


def facts_table(facts: Mapping[str, str]) -> Table:
    """A name and what it is, a line each, both as they are to be printed."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts.items():
        table.add_row(name, fact)
    return table


def keep_rows_whole(console: Console) -> None:
    """Into a pipe each row is one line, however long."""
    if not console.is_terminal:
        console.width = _UNBOUNDED


def shown_moment(moment: datetime) -> str:
    """In the time of this machine."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
