from sqlalchemy import literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.pooled_connection import give_back, take_out
from adapters.postgres.statements import compiled
from adapters.postgres.transaction import Transaction

_ANSWER = compiled(select(literal_column("1")))


async def ping(engine: AsyncEngine) -> None:
    """One round trip. Raises Unavailable."""
    connection = await take_out(engine)
    transaction = Transaction(connection.driver_connection)
    try:
        await transaction.read(_ANSWER)
    finally:
        await give_back(connection, transaction)
