"""What is printed: ratios, each beside its target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`value` against `target`: at least that much, or at most when `at_most`. Without a target it only informs.

    `spread` holds the lowest and the highest of the rounds.
    """

    measure: str
    against: str
    value: float
    unit: str = "x"
    target: float | None = None
    at_most: bool = False
    spread: tuple[float, float] | None = None

    @classmethod
    def of_rounds(
        cls,
        measure: str,
        against: str,
        ratios: Sequence[float],
        *,
        target: float | None = None,
        at_most: bool = False,
    ) -> "Row":
        """The median of ratios, each of which was taken within one round."""
        spread = (min(ratios), max(ratios))
        return cls(
            measure=measure, against=against, value=median(ratios), target=target, at_most=at_most, spread=spread
        )

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


def as_table(sections: Iterable[Section]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "ratio", "rounds", "target", ""):
        table.add_column(name, justify="left" if name == "" else "right")
    table.add_column("against", overflow="fold")
    for section in sections:
        table.add_row(f"[bold]{section.title}[/bold]")
        for row in section.rows:
            table.add_row(f"  {row.measure}", _number(row), _rounds(row), _target(row), _verdict(row), row.against)
        table.add_row()
    return table


def _number(row: Row) -> str:
    return f"{row.value:.0f} {row.unit}" if row.value >= 100 else f"{row.value:.2f} {row.unit}"


def _rounds(row: Row) -> str:
    return f"{row.spread[0]:.2f} to {row.spread[1]:.2f}" if row.spread else ""


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'at most' if row.at_most else 'at least'} {row.target:g}"


def _verdict(row: Row) -> str:
    if row.target is None:
        return ""
    return "[green]met[/green]" if row.met else "[red]MISSED[/red]"
