import asyncio
from typing import Annotated

import typer

from adapters.telemetry.log import configure_logging
from entrypoints.cli.terminal import output
from entrypoints.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(
    revision: Annotated[str, typer.Option(help="Where to go: head, base, or the name of a revision.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go down to the revision instead of up.")] = False,
) -> None:
    """Bring the schema of the database to a revision.

    The database is the one of VITRINE_DATABASE_URL, or else the embedded one, which must not be in use.
    `vitrine run` does this by itself; a deployment runs it before new processes start.

    For example:

      vitrine migrate

      vitrine migrate --down --revision base
    """
    # SQLAlchemy takes seconds to import, and the other commands do not need it.
    from entrypoints.cli.schema import move_schema  # noqa: PLC0415

    settings = Settings.from_environment()
    # Revisions that move many rows say how far they are.
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    asyncio.run(move_schema(settings, revision, output(), down=down))
