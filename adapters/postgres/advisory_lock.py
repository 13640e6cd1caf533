from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from adapters.postgres.engine import PostgresLimits, connect_to
from adapters.postgres.errors import CONNECTION_ERRORS, no_connection

_TRY = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_CLOSING = 5.0


@asynccontextmanager
async def advisory_lock(dsn: str, name: str) -> AsyncIterator[bool]:
    """Hold a name that one process has at a time, by a connection of its own; whatever ends the process frees it.

    False, at once, while another has it. Raises Unavailable.
    """
    connection, obtained = await _try(dsn, name)
    try:
        yield obtained
    finally:
        try:
            await connection.close(timeout=_CLOSING)
        except CONNECTION_ERRORS:
            connection.terminate()


async def _try(dsn: str, name: str) -> tuple[asyncpg.Connection, bool]:
    try:
        connection = await connect_to(dsn, application_name="vitrine-lock", limits=PostgresLimits())
        return connection, await connection.fetchval(_TRY, name)
    except CONNECTION_ERRORS as error:
        raise no_connection(error) from error
