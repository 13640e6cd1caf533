"""Nothing more is done about a dead letter; it stays in the list of what was."""

from dataclasses import dataclass

from application.dead_letters.scope import find_letter, lock_letter
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import DeadLetterId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDeadLetterCommand:
    principal: Principal
    letter_id: DeadLetterId


class DiscardDeadLetter:
    """Raises DeadLetterNotFound, NotPermitted, DeadLetterResolved."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: DiscardDeadLetterCommand) -> None:
        async with self._begin() as tx:
            letter = await lock_letter(tx, await find_letter(tx, command.principal, command.letter_id))
            letter.discard(by=command.principal.user_id, now=self._clock.now())
            await tx.dead_letters.save([letter])
            await tx.commit()
