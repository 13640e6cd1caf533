from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.errors import CONNECTION_ERRORS, no_connection


async def ping(engine: AsyncEngine) -> None:
    """One round trip. Raises Unavailable."""
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except CONNECTION_ERRORS as error:
        raise no_connection(error) from error
