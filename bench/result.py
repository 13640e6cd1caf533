"""What is printed: ratios, each beside its target."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`value` against `target`: at least that much, or at most when `at_most`. Without a target it only informs."""

    measure: str
    against: str
    value: float
    unit: str = "x"
    target: float | None = None
    at_most: bool = False
    spread: tuple[float, float] | None = None
    """The lowest and the highest of the rounds."""

    @property
    def met(self) -> bool:
        if self.target is None:
            return True
        return self.value <= self.target if self.at_most else self.value >= self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    rows: list[Row]
    notes: list[str]


def tables(sections: Iterable[Section]) -> list[Table]:
    return [_table(section) for section in sections]


def _table(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left", caption="\n".join(section.notes), caption_justify="left")
    table.add_column("measure")
    table.add_column("against")
    table.add_column("ratio", justify="right")
    table.add_column("rounds", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for row in section.rows:
        table.add_row(row.measure, row.against, _number(row, row.value), _rounds(row), _target(row), _verdict(row))
    return table


def _number(row: Row, value: float) -> str:
    return f"{value:.0f} {row.unit}" if value >= 100 else f"{value:.3g} {row.unit}"


def _rounds(row: Row) -> str:
    return f"{row.spread[0]:.3g} to {row.spread[1]:.3g}" if row.spread else ""


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'at most' if row.at_most else 'at least'} {row.target:g} {row.unit}"


def _verdict(row: Row) -> str:
    if row.target is None:
        return ""
    return "[green]met[/green]" if row.met else "[red]MISSED[/red]"
