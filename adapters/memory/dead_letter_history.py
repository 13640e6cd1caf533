from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.dead_letters.access import Reach
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.dead_letters.repository import DeadLetterHistory, DeadLetterSummary
from domain.ids import DeadLetterId


class MemoryDeadLetterHistory(DeadLetterHistory):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def page(
        self, reach: Reach, *, status: LetterStatus | None, topic: str | None, before: DeadLetterId | None, limit: int
    ) -> Sequence[DeadLetterSummary]:
        found = self._transaction.select(
            DeadLetter,
            lambda letter: (
                reach.covers(letter.store_id)
                and (status is None or letter.status is status)
                and (topic is None or letter.message.topic == topic)
                and (before is None or letter.id < before)
            ),
        )
        newest_first = sorted(found, key=lambda letter: letter.id, reverse=True)
        return [DeadLetterSummary.of(letter) for letter in newest_first[:limit]]

    async def count_open(self) -> int:
        return len(self._transaction.select(DeadLetter, lambda letter: letter.status is LetterStatus.OPEN))
