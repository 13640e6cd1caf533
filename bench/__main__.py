"""`python -m bench [--only NAME] [--quick] [--strict]`: ratios, taken in one run on this machine."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import (
    api,
    archive,
    claims,
    deletion,
    library,
    media_upload,
    photos,
    priority,
    relay,
    scaling,
    signing,
    statements,
)
from bench.result import Section, as_table
from bench.running import Size, Steps
from bench.stage import Stage, open_stage

_WIDTH = 150
"""Of the table where there is no terminal."""

Measure = Callable[[Stage, Size, Steps], Awaitable[Section]]

MEASUREMENTS: dict[str, Measure] = {
    "api": api.measure,
    "photos": photos.measure,
    "scaling": scaling.measure,
    "priority": priority.measure,
    "relay": relay.measure,
    "archive": archive.measure,
    "signing": signing.measure,
    "statements": statements.measure,
    "claims": claims.measure,
    "media-upload": media_upload.measure,
    "library": library.measure,
    "deletion": deletion.measure,
}


def main() -> int:
    arguments = _arguments()
    console = Console(stderr=not sys.stdout.isatty())
    names = arguments.only or list(MEASUREMENTS)
    sections = asyncio.run(_measure(names, Size(quick=arguments.quick), console))
    _print(sections)
    missed = any(not row.met for section in sections for row in section.rows)
    return 1 if missed and arguments.strict else 0


def _print(sections: list[Section]) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(as_table(sections))
    for section in sections:
        for note in section.notes:
            console.print(f"[dim]{section.title}: {note}[/dim]", soft_wrap=True, highlight=False)


async def _measure(names: list[str], size: Size, console: Console) -> list[Section]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    sections = []
    with Progress(*columns, console=console) as progress:
        starting = Steps(progress, "PostgreSQL and object store")
        async with open_stage() as stage:
            starting.finish()
            for name in names:
                steps = Steps(progress, name)
                sections.append(await MEASUREMENTS[name](stage, size, steps))
                steps.finish()
    return sections


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(MEASUREMENTS), help="may be given several times")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller files")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
