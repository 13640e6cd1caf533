"""What the transactions of one process share."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from weakref import WeakSet, WeakValueDictionary

from application.ports.messaging import Message

Key: TypeAlias = tuple[Any, ...]
"""What a record or a lock goes by: its kind, then its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    position: int
    message: Message
    available_at: datetime
    published_at: datetime | None = None


class MemoryDatabase:
    """Committed records and the locks on them. Nothing outlives the process.

    `lock_timeout` bounds every wait for another transaction. For one event loop.
    """

    def __init__(self, *, lock_timeout: timedelta = timedelta(seconds=5)) -> None:
        self.lock_timeout = lock_timeout
        self.bells: WeakSet[asyncio.Event] = WeakSet()
        self.records: dict[Key, Any] = {}
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self._last_position = 0

    def lock(self, key: Key) -> asyncio.Lock:
        """The lock on `key`, which need not exist. It is kept for as long as somebody holds it or waits for it."""
        return self._locks.setdefault(key, asyncio.Lock())

    def next_position(self) -> int:
        self._last_position += 1
        return self._last_position

    def apply(self, changes: Mapping[Key, Any | None]) -> None:
        """Make the changes of a transaction visible, all at once; None removes."""
        for key, record in changes.items():
            if record is None:
                self.records.pop(key, None)
            else:
                self.records[key] = record
        if any(key[0] is OutboxRecord for key in changes):
            self.ring()

    def ring(self) -> None:
        for bell in self.bells:
            bell.set()
