from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.memory.transaction import MemoryTransaction
from domain.dead_letters.dead_letter import DeadLetter, LetterKind, LetterStatus
from domain.dead_letters.repository import DeadLetters
from domain.ids import BatchId, DeadLetterId, MediaId


class MemoryDeadLetters(DeadLetters):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def add(self, letter: DeadLetter) -> None:
        await self._transaction.save(DeadLetter, [(letter.id, letter)])

    async def find(self, letter_id: DeadLetterId) -> DeadLetter | None:
        return self._transaction.find(DeadLetter, letter_id)

    async def lock(self, letter_id: DeadLetterId) -> DeadLetter | None:
        await self._transaction.lock(DeadLetter, letter_id)
        return await self.find(letter_id)

    async def lock_open_of_batch(self, batch_id: BatchId) -> Sequence[DeadLetter]:
        return await self._lock_open(lambda letter: letter.batch_id == batch_id)

    async def lock_open_of_media(self, media_id: MediaId) -> Sequence[DeadLetter]:
        return await self._lock_open(lambda letter: letter.media_id == media_id)

    async def lock_of_deletion(self, media_id: MediaId) -> DeadLetter | None:
        found = self._transaction.select(
            DeadLetter, lambda letter: letter.is_about_deletion and letter.media_id == media_id
        )
        return await self.lock(found[0].id) if found else None

    async def save(self, letters: Sequence[DeadLetter]) -> None:
        await self._transaction.save(DeadLetter, [(letter.id, letter) for letter in letters])

    async def forget_resolved(self, *, before: datetime, limit: int) -> int:
        resolved = self._transaction.select(
            DeadLetter,
            lambda letter: (
                letter.resolved_at is not None
                and letter.resolved_at < before
                and not (letter.is_about_deletion and letter.status is LetterStatus.DISCARDED)
            ),
        )
        forgotten = 0
        for letter in sorted(resolved, key=lambda letter: (letter.resolved_at, letter.id))[:limit]:
            if await self._transaction.lock_unless_held(DeadLetter, letter.id):
                self._transaction.remove(DeadLetter, letter.id)
                forgotten += 1
        return forgotten

    async def _lock_open(self, concerns: Callable[[DeadLetter], bool]) -> Sequence[DeadLetter]:
        def is_open(letter: DeadLetter) -> bool:
            return letter.kind is LetterKind.TASK and letter.status is LetterStatus.OPEN and concerns(letter)

        seen = sorted(letter.id for letter in self._transaction.select(DeadLetter, is_open))
        # Whoever held one of them may have resolved it.
        locked = [await self.lock(letter_id) for letter_id in seen]
        return [letter for letter in locked if letter is not None and is_open(letter)]
