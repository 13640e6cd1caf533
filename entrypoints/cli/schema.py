"""The schema of the configured database, or of the embedded one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.util import CommandError
from rich.console import Console

from adapters.embedded.postgres import EmbeddedPostgres
from entrypoints.cli.errors import CommandFailed
from entrypoints.services import data_dir
from entrypoints.settings import Settings
from migrations.schema import current_revision
from migrations.upgrade import downgrade, upgrade


async def move_schema(settings: Settings, revision: str, console: Console, *, down: bool) -> None:
    """Up or down to `revision`; tell from where to where."""
    async with _database(settings) as dsn:
        before = await current_revision(dsn)
        try:
            await (downgrade if down else upgrade)(dsn, revision)
        except CommandError as error:
            raise CommandFailed(f"That cannot be done: {error}") from error
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
