"""Taking a connection out of the pool and giving it back, whatever happens in between."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

from adapters.postgres.errors import CONNECTION_ERRORS, no_connection
from adapters.postgres.transaction import Transaction
from domain.errors import DomainError

T = TypeVar("T")


async def take_out(engine: AsyncEngine) -> PoolProxiedConnection:
    """Raises Unavailable when none is free in time, or the server cannot be reached."""
    try:
        return await engine.raw_connection()
    except CONNECTION_ERRORS as error:
        raise no_connection(error) from error


async def give_back(connection: PoolProxiedConnection, transaction: Transaction) -> None:
    """Leave no transaction open behind, also when the caller is cancelled."""
    if transaction.is_broken:
        # Closing it makes the server roll back, and the pool opens another.
        await greenlet_spawn(connection.invalidate)
        await greenlet_spawn(connection.close)
    elif transaction.is_open:
        await to_the_end(_roll_back_and_close(connection, transaction))
    else:
        await greenlet_spawn(connection.close)  # waits for nothing, so nothing can interrupt it


async def _roll_back_and_close(connection: PoolProxiedConnection, transaction: Transaction) -> None:
    try:
        await transaction.rollback()
    except DomainError:
        # The connection is broken. Closing it makes the server roll back, and the pool opens another.
        await greenlet_spawn(connection.invalidate)
    finally:
        await greenlet_spawn(connection.close)


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await work that must not be cut in half; a cancellation takes effect once it has ended.

    The work bounds its own time.
    """
    task = asyncio.ensure_future(work)
    interruption: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            interruption = error
    if interruption is not None:
        task.exception()  # looked at, so that asyncio does not report it; the caller is gone
        raise interruption
    return task.result()
