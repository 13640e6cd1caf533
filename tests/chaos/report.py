"""What was done to the system, and what was found."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Outcome


def print_report(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("fault")
    columns = ("times", "batches", "ready", "failed", "renditions", "events", "repeated", "attempts", "s", "findings")
    for column in columns:
        table.add_column(column, justify="right")
    for outcome in outcomes:
        census = outcome.census
        numbers = (
            outcome.times,
            census.batches,
            census.ready,
            census.failed,
            census.renditions,
            census.events,
            census.repeated,
            census.attempts,
            round(outcome.seconds),
        )
        found = len(census.findings)
        table.add_row(outcome.fault, *map(str, numbers), f"[red]{found}[/red]" if found else "0")
    console.print(table)
    for outcome in outcomes:
        for finding in outcome.census.findings:
            console.print(f"[red]✗[/red] {outcome.fault}: {finding}", soft_wrap=True, markup=True)
    faults, findings = sum(o.times for o in outcomes), sum(len(o.census.findings) for o in outcomes)
    batches = sum(o.census.batches for o in outcomes)
    console.print(
        f"{faults} faults of {len(outcomes)} kinds, {batches} batches accepted, {findings} findings. "
        "Failed batches are those with a file that is not what it says."
    )
