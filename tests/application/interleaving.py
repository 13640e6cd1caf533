"""A unit of work that gives way to other tasks before every call, so that a race in a test is one.

The memory adapters never wait but for a lock: without this, tasks that start together run one after the other.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import Random
from typing import Any, cast

from application.unit_of_work import UnitOfWork, UnitOfWorkFactory


class Interleaved(UnitOfWorkFactory):
    """`random` decides how long each call gives way."""

    def __init__(self, begin: UnitOfWorkFactory, random: Random) -> None:
        self._begin = begin
        self._random = random

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        async with self._begin() as tx:
            yield cast("UnitOfWork", _Yielding(tx, self._random))

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._open()


class _Yielding:
    def __init__(self, target: object, random: Random) -> None:
        self._target = target
        self._random = random

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name == "repository":
            return lambda port: _Yielding(found(port), self._random)
        if name == "require_open":
            return found
        if not inspect.iscoroutinefunction(found):
            return _Yielding(found, self._random)

        async def later(*args: Any, **kwargs: Any) -> Any:
            for _ in range(self._random.randrange(4)):
                await asyncio.sleep(0)
            return await found(*args, **kwargs)

        return later
