"""Cuts a call in half: before or after any of its steps towards database and store."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from application.ports.storage import ObjectStore
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory


class Executioner:
    """Counts the steps of the task at hand and cancels it `before` the one with that number, or after it."""

    def __init__(self, step: int, *, before: bool) -> None:
        self._step = step
        self._before = before
        self._count = 0
        self.has_struck = False
        self.struck_at = ""

    async def passing(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        self._count += 1
        is_its_turn = self._count == self._step
        if is_its_turn and self._before:
            await self._strike(name)
        answer = await call()
        if is_its_turn:
            await self._strike(name)
        return answer

    async def _strike(self, name: str) -> None:
        self.has_struck, self.struck_at = True, name
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    def guard(self, begin: UnitOfWorkFactory) -> UnitOfWorkFactory:
        return _Guarded(begin, self)

    def guard_store(self, store: ObjectStore) -> ObjectStore:
        return cast("ObjectStore", _Watched(store, self))


class _Guarded(UnitOfWorkFactory):
    def __init__(self, begin: UnitOfWorkFactory, executioner: Executioner) -> None:
        self._begin = begin
        self._executioner = executioner

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        async with self._begin() as tx:
            yield cast("UnitOfWork", _Watched(tx, self._executioner))

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._open()


class _Watched:
    def __init__(self, target: object, executioner: Executioner) -> None:
        self._target = target
        self._executioner = executioner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name == "repository":
            return lambda port: _Watched(found(port), self._executioner)
        if not callable(found):
            return _Watched(found, self._executioner)
        if not inspect.iscoroutinefunction(found):
            return found

        async def later(*args: Any, **kwargs: Any) -> Any:
            return await self._executioner.passing(name, lambda: found(*args, **kwargs))

        return later


async def killed(call: Awaitable[Any]) -> bool:
    """Run it in a task of its own; True when it was cut short."""
    task = asyncio.ensure_future(call)
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False
