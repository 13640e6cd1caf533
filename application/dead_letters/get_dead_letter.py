from dataclasses import dataclass

from application.dead_letters.scope import find_letter
from application.unit_of_work import UnitOfWorkFactory
from domain.dead_letters.dead_letter import DeadLetter
from domain.ids import DeadLetterId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterQuery:
    principal: Principal
    letter_id: DeadLetterId


class GetDeadLetter:
    """Raises DeadLetterNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: DeadLetterQuery) -> DeadLetter:
        async with self._begin() as tx:
            return await find_letter(tx, query.principal, query.letter_id)
