import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console

from adapters.embedded.postgres import EmbeddedPostgres
from entrypoints.cli.terminal import output
from entrypoints.services import data_dir
from entrypoints.settings import Settings
from migrations.upgrade import current_revision, downgrade, upgrade


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
    asyncio.run(_migrate(Settings.from_environment(), revision, output(), down=down))


async def _migrate(settings: Settings, revision: str, console: Console, *, down: bool) -> None:
    async with _database(settings) as dsn:
        before = await current_revision(dsn)
        await (downgrade if down else upgrade)(dsn, revision)
        after = await current_revision(dsn)
    if before == after:
        console.print(f"The schema is at {_shown(after)}: nothing to do.")
    else:
        console.print(f"The schema went from {_shown(before)} to {_shown(after)}.")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[str]:
    if settings.database_url is not None:
        yield settings.database_url
        return
    async with EmbeddedPostgres(data_dir(settings) / "postgres") as postgres:
        yield postgres.dsn


def _shown(revision: str | None) -> str:
    return "base (empty)" if revision is None else revision
