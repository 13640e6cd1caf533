"""What one transaction has read, written and locked."""

import asyncio
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, NoReturn, TypeVar

from adapters.memory.database import Key, MemoryDatabase
from domain.errors import ConcurrentUpdate, DomainError, Unavailable
from domain.events import Aggregate, Event

R = TypeVar("R")
A = TypeVar("A", bound=Aggregate)


class MemoryTransaction:
    """Sees what is committed and what it has written itself, in copies; nobody else sees its writes.

    As in READ COMMITTED, whatever is written stays locked until the transaction ends. After a failed
    write nothing can be committed any more.
    """

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._changes: dict[Key, Any | None] = {}
        self._held: dict[Key, asyncio.Lock] = {}
        self._events: list[Event] = []
        self._failed = False

    async def lock(self, *key: Any) -> None:
        """Raises Unavailable when somebody else holds it for too long. May be repeated."""
        if key in self._held:
            return
        lock = self._database.lock(key)
        try:
            async with asyncio.timeout(self._database.lock_timeout.total_seconds()):
                await lock.acquire()
        except TimeoutError as error:
            self._failed = True
            raise Unavailable("another transaction holds it for too long") from error
        except asyncio.CancelledError:
            self._failed = True
            raise
        self._held[key] = lock

    async def lock_unless_held(self, *key: Any) -> bool:
        """False when somebody else holds it."""
        if key not in self._held and self._database.lock(key).locked():
            return False
        await self.lock(*key)
        return True

    def find(self, kind: type[R], identity: Any) -> R | None:
        key = (kind, identity)
        return deepcopy(self._changes[key] if key in self._changes else self._database.records.get(key))

    def select(self, kind: type[R], where: Callable[[R], bool]) -> list[R]:
        visible = (self._database.records | self._changes).items()
        return [deepcopy(record) for key, record in visible if key[0] is kind and record is not None and where(record)]

    def put(self, kind: type[R], identity: Any, record: R) -> None:
        """Store a record that this transaction has locked."""
        self._changes[kind, identity] = deepcopy(record)

    def remove(self, kind: type[Any], identity: Any) -> None:
        self._changes[kind, identity] = None

    async def save(self, kind: type[A], aggregates: Sequence[tuple[Any, A]]) -> None:
        """Store aggregates, each under its id, if none of them is stale, and keep their events."""
        for identity, _ in sorted(aggregates, key=lambda pair: pair[0]):
            await self.lock(kind, identity)
        for identity, aggregate in aggregates:
            stored = self.find(kind, identity)
            if aggregate.version != (stored.version if stored else 0):
                self.fail(ConcurrentUpdate("it was changed since it was read; read again and repeat"))
        for identity, aggregate in aggregates:
            aggregate.version += 1
            self._events += aggregate.pull_events()
            self.put(kind, identity, aggregate)

    def fail(self, error: DomainError) -> NoReturn:
        """Raise `error`; what was written so far can no longer be committed."""
        self._failed = True
        raise error

    def pull_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def commit(self) -> None:
        if self._failed:
            raise RuntimeError("a write of this transaction failed: nothing of it is stored")
        self._database.apply(self._changes)
        self.end()

    def end(self) -> None:
        """Forget what was not committed, and let the others go on."""
        self._changes = {}
        self._events = []
        for lock in self._held.values():
            lock.release()
        self._held = {}
