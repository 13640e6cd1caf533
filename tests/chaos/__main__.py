"""`python -m tests.chaos [--only NAME] [--rounds N] [--seed N]`: every fault, on a deployment of real processes."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.faults import FAULTS
from tests.chaos.report import print_report
from tests.chaos.run import Outcome, open_chaos
from tests.services.own_kafka import OWN_KAFKA


def main() -> int:
    arguments = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 150)
    names = [name for name in FAULTS if not arguments.only or any(part in name for part in arguments.only)]
    console.print(f"seed {arguments.seed}")
    outcomes = asyncio.run(_suffer(names * arguments.rounds, arguments))
    print_report(console, outcomes)
    return 1 if any(outcome.census.findings for outcome in outcomes) else 0


async def _suffer(names: Sequence[str], arguments: argparse.Namespace) -> Sequence[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("starting", total=len(names))
        async with (
            OWN_KAFKA.open() as kafka,
            open_chaos(kafka, f"c{secrets.token_hex(3)}.", seed=arguments.seed, long=not arguments.short) as chaos,
        ):
            for name in names:
                progress.update(bar, description=name)
                outcomes.append(await chaos.suffer(name, batches=arguments.batches))
                progress.advance(bar)
    return outcomes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--only", action="append", help="faults whose name has this in it; may be given several times")
    parser.add_argument("--rounds", type=int, default=1, help="how often each fault")
    parser.add_argument("--batches", type=int, default=12, help="batches delivered during each fault")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 20), help="of the moments; printed")
    parser.add_argument("--short", action="store_true", help="outages of seconds, as in `make test`")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
