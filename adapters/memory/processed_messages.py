from dataclasses import dataclass
from datetime import datetime

from adapters.memory.transaction import MemoryTransaction
from application.ports.messaging import ProcessedMessages


@dataclass(frozen=True, slots=True)
class _Processed:
    identity: tuple[str, str]
    at: datetime


class MemoryProcessedMessages(ProcessedMessages):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def first_time(self, consumer: str, message_id: str, *, now: datetime) -> bool:
        identity = (consumer, message_id)
        await self._transaction.lock(_Processed, identity)
        if self._transaction.find(_Processed, identity) is not None:
            return False
        self._transaction.put(_Processed, identity, _Processed(identity, now))
        return True

    async def forget(self, *, before: datetime, limit: int) -> int:
        old = self._transaction.select(_Processed, lambda processed: processed.at < before)
        forgotten = 0
        for processed in sorted(old, key=lambda processed: processed.at)[:limit]:
            if await self._transaction.lock_unless_held(_Processed, processed.identity):
                self._transaction.remove(_Processed, processed.identity)
                forgotten += 1
        return forgotten
