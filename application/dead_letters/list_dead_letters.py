from collections.abc import Sequence
from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.dead_letters.access import reach_of
from domain.dead_letters.dead_letter import LetterStatus
from domain.dead_letters.repository import DeadLetterSummary
from domain.ids import DeadLetterId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeadLettersQuery:
    """`limit` letters older than `before`, or the newest; of any status and topic where None."""

    principal: Principal
    status: LetterStatus | None
    topic: str | None
    before: DeadLetterId | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterPage:
    """Newest first; `next_before` is None on the last page."""

    letters: Sequence[DeadLetterSummary]
    next_before: DeadLetterId | None


class ListDeadLetters:
    """Raises NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ListDeadLettersQuery) -> DeadLetterPage:
        reach = reach_of(query.principal)
        async with self._begin() as tx:
            found = await tx.dead_letter_history.page(
                reach, status=query.status, topic=query.topic, before=query.before, limit=query.limit + 1
            )
        letters = found[: query.limit]
        return DeadLetterPage(letters=letters, next_before=letters[-1].id if len(found) > len(letters) else None)
