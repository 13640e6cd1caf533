"""Bringing a database to a revision, from code: there is no alembic.ini, so this works from an installed package."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from adapters.postgres.engine import connect_to
from adapters.postgres.errors import CONNECTION_ERRORS, no_connection
from domain.errors import Unavailable
from migrations.schema import LIMITS

# Held by the session: a revision that moves many rows commits on its way.
_ONE_PROCESS_AT_A_TIME = text("SELECT pg_advisory_lock(hashtext('vitrine.migrations'))")
_one_task_at_a_time = asyncio.Lock()
"""Alembic keeps its context in a global."""


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Go up to `revision`, each revision in a transaction of its own; some that move rows commit on their way, and go
    on where they were when they are run again. May be repeated, and be called by many processes at once.

    Raises Unavailable when the database cannot be reached, or another process is at it for too long.
    """
    await _run(dsn, command.upgrade, revision)


async def downgrade(dsn: str, revision: str) -> None:
    """Go down to `revision`, as `upgrade` goes up; `base` drops everything. Raises as `upgrade`, and CommandError where
    the revision below has no place for what is stored.
    """
    await _run(dsn, command.downgrade, revision)


async def _run(dsn: str, step: Callable[[Config, str], None], revision: str) -> None:
    engine = _open_engine(dsn)
    try:
        async with aclosing(await _connect(engine)) as connection:
            await _wait_for_others(connection)
            async with _one_task_at_a_time:
                await connection.run_sync(lambda sync: step(_config(sync), revision))
    finally:
        await engine.dispose()


def _open_engine(dsn: str) -> AsyncEngine:
    """SQLAlchemy as it comes: Alembic reads the database through it."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: connect_to(dsn, application_name="vitrine-migrations", limits=LIMITS),
        poolclass=NullPool,
    )


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except CONNECTION_ERRORS as error:
        raise no_connection(error) from error


async def _wait_for_others(connection: AsyncConnection) -> None:
    try:
        await connection.execute(_ONE_PROCESS_AT_A_TIME)
        await connection.commit()
    except CONNECTION_ERRORS as error:
        raise Unavailable("the database is being migrated by another process, or does not answer") from error


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
