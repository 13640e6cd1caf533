"""The revision of a database and the one that this version needs, without Alembic: most starts find them equal, and
then need not import it.
"""

from datetime import timedelta
from pathlib import Path

from adapters.postgres.engine import PostgresLimits, connect_to
from adapters.postgres.errors import CONNECTION_ERRORS, no_connection
from domain.errors import DomainError

LIMITS = PostgresLimits(statement=timedelta(minutes=30), lock=timedelta(minutes=1))
"""A change of a big table takes its time; another process that migrates is waited for."""

REVISIONS = tuple(sorted(file.name.partition("_")[0] for file in (Path(__file__).parent / "versions").glob("*_*.py")))
"""From the first to the newest: each is a file, whose name begins with it."""


class SchemaOutdated(DomainError):
    code = "SCHEMA_OUTDATED"


async def current_revision(dsn: str) -> str | None:
    """Where the database stands; None before the first revision. Raises Unavailable when it cannot be reached."""
    try:
        connection = await connect_to(dsn, application_name="vitrine-migrations", limits=LIMITS)
        try:
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                return None
            found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
            return found
        finally:
            await connection.close()
    except CONNECTION_ERRORS as error:
        raise no_connection(error) from error


async def bring_up_to_date(dsn: str) -> None:
    """Go up to the newest revision, as `migrations.upgrade.upgrade` does, and raising as it does."""
    if await current_revision(dsn) != REVISIONS[-1]:
        from migrations.upgrade import upgrade  # noqa: PLC0415

        await upgrade(dsn)


async def require_current(dsn: str) -> None:
    """Raises SchemaOutdated when the database is behind this version, and as `current_revision`.

    A database that is ahead is fine: in a rolling upgrade the schema goes first, and takes the version before along.
    """
    found = await current_revision(dsn)
    if found is None or found in REVISIONS[:-1]:
        raise SchemaOutdated(
            f"the schema is at {found or 'base'}, and this version needs {REVISIONS[-1]}: run `vitrine migrate`"
        )
