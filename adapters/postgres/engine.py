"""The pool of connections."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresLimits:
    """How much, and for how long at most. No wait is without end."""

    connections: int = 10
    wait_for_connection: timedelta = timedelta(seconds=5)
    connect: timedelta = timedelta(seconds=5)
    statement: timedelta = timedelta(seconds=15)
    lock: timedelta = timedelta(seconds=5)
    idle_in_transaction: timedelta = timedelta(seconds=60)
    """The server ends a transaction whose holder has gone silent, so that its locks are free again."""


def open_engine(dsn: str, *, application_name: str = "vitrine", limits: PostgresLimits | None = None) -> AsyncEngine:
    """A pool for `postgresql://user:password@host:port/database?sslmode=...`; it connects on first use.

    Statements go to asyncpg below it, which prepares each once a connection. Dispose of it in the end.
    """
    limits = limits or PostgresLimits()

    engine = create_async_engine(
        "postgresql+asyncpg://",
        # asyncpg reads the DSN itself: SQLAlchemy would not understand sslmode and its like.
        async_creator=lambda: connect_to(dsn, application_name=application_name, limits=limits),
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.wait_for_connection.total_seconds(),
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "connect", _leave_json_to_us)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


async def connect_to(dsn: str, *, application_name: str, limits: PostgresLimits) -> asyncpg.Connection:
    """One connection that no pool knows."""
    return await asyncpg.connect(
        dsn,
        timeout=limits.connect.total_seconds(),
        # The server gives up first; ours is for a server that no longer answers at all.
        command_timeout=limits.statement.total_seconds() + 2,
        server_settings={
            "application_name": application_name,
            "timezone": "UTC",
            "jit": "off",  # short statements: compiling takes longer than they do
            "default_transaction_isolation": "read committed",
            "statement_timeout": _milliseconds(limits.statement),
            "lock_timeout": _milliseconds(limits.lock),
            "idle_in_transaction_session_timeout": _milliseconds(limits.idle_in_transaction),
        },
    )


def _milliseconds(duration: timedelta) -> str:
    return str(duration // timedelta(milliseconds=1))


def _leave_json_to_us(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Undo SQLAlchemy's codecs: JSON goes between msgspec and the driver as text, with no Python call a value."""
    connection.run_async(_reset_codecs)


async def _reset_codecs(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.reset_type_codec(name, schema="pg_catalog")


def _refuse_closed(connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
    """In place of pool_pre_ping, which costs a round trip each time.

    asyncpg knows when the server has hung up, since the event loop reads the socket; what it
    cannot know, a network that swallows packets, a ping would only find out by its timeout.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has closed this connection")
