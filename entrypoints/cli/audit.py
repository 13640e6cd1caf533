import asyncio
from typing import Annotated

import typer

from adapters.telemetry.log import configure_logging
from entrypoints.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(audit)


def audit(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what a program can mend; without it nothing is changed.")
    ] = False,
) -> None:
    """Compare who uses which media, the blobs and the bucket, in both directions.

    One JSON object a line for each difference, then a summary; nothing but that on standard output. The exit code is 1
    while something is left to be mended. Safe beside a running system, on its database and bucket, or on those of a
    `vitrine run` of this folder: what looks wrong is looked at again with locks.

    For example:

      vitrine audit

      vitrine audit --repair > audit.jsonl

      vitrine audit | jq -r 'select(.drift) | [.drift, .entityType, .entityId, .mediaId] | @tsv'
    """
    # The drivers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.auditing import run_audit  # noqa: PLC0415

    settings = Settings.from_environment()
    # Standard output has lines of JSON and nothing else.
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    left = asyncio.run(run_audit(settings, repair=repair))
    raise typer.Exit(1 if left else 0)
