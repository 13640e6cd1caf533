"""Databases for tests: one is migrated, and copied for whoever asks."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Self
from urllib.parse import urlsplit

import asyncpg

from migrations.upgrade import upgrade


class PostgresDatabases:
    """Databases on one server, which `dsn` reaches as a role that may create them. Others may do the same there."""

    def __init__(self, dsn: str) -> None:
        self._dsn = urlsplit(dsn)
        self._prefix = f"vitrine_test_{secrets.token_hex(4)}"
        self._template = f"{self._prefix}_template"
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        self._admin = await asyncpg.connect(self._dsn.geturl(), timeout=10, command_timeout=30)
        await self._admin.execute(f"CREATE DATABASE {self._template}")
        await upgrade(self.dsn_of(self._template))
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._admin.execute(f"DROP DATABASE {self._template} WITH (FORCE)")
        await self._admin.close(timeout=10)

    def dsn_of(self, database: str) -> str:
        return self._dsn._replace(path=f"/{database}").geturl()

    @asynccontextmanager
    async def fresh(self, *, template: str | None = None) -> AsyncIterator[str]:
        """The DSN of a new database, dropped afterwards with whatever is still connected to it."""
        name = f"{self._prefix}_{next(self._numbers)}"
        await self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template or self._template} STRATEGY FILE_COPY")
        try:
            yield self.dsn_of(name)
        finally:
            await self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
