"""Databases for tests: one is migrated, and copied for whoever asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Self

import asyncpg

from migrations.upgrade import upgrade

TEMPLATE = "vitrine_template"


class PostgresDatabases:
    """The databases of one server, which `dsn` reaches as a superuser."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        self._admin = await asyncpg.connect(self._dsn, timeout=10, command_timeout=30)
        await self._admin.execute(f"CREATE DATABASE {TEMPLATE}")
        await upgrade(self.dsn_of(TEMPLATE))
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._admin.close(timeout=10)

    def dsn_of(self, database: str) -> str:
        return f"{self._dsn.rpartition('/')[0]}/{database}"

    @asynccontextmanager
    async def fresh(self, *, template: str = TEMPLATE) -> AsyncIterator[str]:
        """The DSN of a new database, dropped afterwards with whatever is still connected to it."""
        name = f"test_{next(self._numbers)}"
        await self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.dsn_of(name)
        finally:
            await self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
