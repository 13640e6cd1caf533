import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from adapters.telemetry.log import configure_logging
from entrypoints.cli.identity import DEMO_STORE
from entrypoints.settings import Settings

_BROKEN = 2


def register(app: typer.Typer) -> None:
    app.command()(seed)


def seed(
    folder: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Fixtures of your own; those of Vitrine when left out.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[UUID, typer.Option(help="The store that gets them.")] = DEMO_STORE,
    check: Annotated[bool, typer.Option("--check", help="Look for mistakes and load nothing.")] = False,
) -> None:
    """Load sample data of every kind into a store: media, products, parts with attachments, listings and the rest.

    Fixtures are JSON files, one a kind, such as parts.json and attachments.json; their entries call each other by keys,
    and the files that they upload lie in `files`. All is checked first: if a key leads nowhere, or anything else is
    wrong, each mistake is named, nothing is loaded, and the exit code is 2. What is there already stays as it is, so
    the command may be repeated, and completes what an earlier one has begun. One at a time for each store: a second one
    is refused meanwhile.

    It works beside a running `vitrine run` of this folder, or on the database and the bucket that the settings name.

    For example:

      vitrine seed

      vitrine seed my-fixtures --check

      vitrine seed my-fixtures --store 0198c0de-0000-7000-8000-00000000da7a
    """
    settings = Settings.from_environment()
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    # The drivers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.seeding import check_fixtures, seed_store  # noqa: PLC0415

    fixture_set = check_fixtures(folder, settings)
    if fixture_set is None:
        raise typer.Exit(_BROKEN)
    if not check:
        asyncio.run(seed_store(settings, fixture_set, store))
