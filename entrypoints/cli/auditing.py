"""An audit, as lines."""

import sys
from collections import Counter
from dataclasses import asdict
from time import monotonic

import msgspec
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from application.audit.finding import Finding
from application.events.envelope import camel
from entrypoints.cli.terminal import notices
from entrypoints.settings import Settings
from entrypoints.vitrine import open_auditor


class Summary(msgspec.Struct, rename="camel"):
    """`by_drift` counts the findings; `left` of them are not mended."""

    findings: int
    left: int
    by_drift: dict[str, int]
    seconds: float


async def run_audit(settings: Settings, *, repair: bool) -> int:
    """Write the lines; answer how many findings are left to be mended."""
    started = monotonic()
    counted: Counter[str] = Counter()
    left = 0
    async with open_auditor(settings) as vitrine:
        with _progress() as progress:
            bar = progress.add_task("comparing", total=None)
            async for finding in vitrine.container.audit_media()(repair=repair):
                counted[finding.drift] += 1
                left += not finding.repaired
                _write(_line(finding))
                progress.update(bar, description=f"{counted.total()} differences")
    summary = Summary(
        findings=counted.total(), left=left, by_drift=dict(counted), seconds=round(monotonic() - started, 1)
    )
    _write({"summary": summary})
    return left


def _line(finding: Finding) -> dict[str, object]:
    """What is not known is left out."""
    return {camel(name): value for name, value in asdict(finding).items() if value is not None}


def _write(line: object) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=notices(), transient=True
    )
