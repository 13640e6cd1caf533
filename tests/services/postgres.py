"""PostgreSQL for tests: a DSN of a role that may create databases."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from adapters.embedded.postgres import EmbeddedPostgres
from tests.services.docker_engine import no_engine, no_image, running
from tests.services.given_address import not_given, usable
from tests.services.ladder import Ladder, Rung, nothing

DSN = "VITRINE_TEST_POSTGRES_DSN"
_CONNECT_SECONDS = 10.0
_IMAGE = "postgres:18-alpine"
# As fast and in the same order as the embedded one.
_COMMAND = (
    "postgres -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c timezone=UTC"
)
_INITDB = "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    dsn: str


@asynccontextmanager
async def _given() -> AsyncIterator[PostgresServer]:
    dsn = os.environ[DSN]
    with usable(DSN, OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await (await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS)).close()
    yield PostgresServer(dsn=dsn)


@asynccontextmanager
async def _container() -> AsyncIterator[PostgresServer]:
    from testcontainers.community.postgres import PostgresContainer

    container = PostgresContainer(_IMAGE, driver=None).with_command(_COMMAND).with_env("POSTGRES_INITDB_ARGS", _INITDB)
    async with running(container) as postgres:
        yield PostgresServer(dsn=postgres.get_connection_url())


@asynccontextmanager
async def _embedded() -> AsyncIterator[PostgresServer]:
    # Not in pytest's own folder, which lets nobody else in: root has to start the server as another user.
    with TemporaryDirectory(prefix="vitrine-postgres-") as folder:
        async with EmbeddedPostgres(Path(folder), durable=False) as server:
            yield PostgresServer(dsn=server.dsn)


POSTGRES = Ladder(
    service="PostgreSQL",
    rungs=(
        Rung(name=f"PostgreSQL of {DSN}", obstacle=partial(not_given, DSN), open=_given),
        Rung(
            name="PostgreSQL 18 in Docker",
            obstacle=no_engine,
            prepare=partial(no_image, _IMAGE),
            open=_container,
        ),
        Rung(name="PostgreSQL 18 embedded", obstacle=nothing, open=_embedded),
    ),
)
