"""Finds a dead letter for a principal."""

from application.unit_of_work import UnitOfWork
from domain.dead_letters.access import reach_of, require_visible
from domain.dead_letters.dead_letter import DeadLetter
from domain.dead_letters.errors import DeadLetterNotFound
from domain.ids import DeadLetterId
from domain.principal import Principal


async def find_letter(tx: UnitOfWork, principal: Principal, letter_id: DeadLetterId) -> DeadLetter:
    """Raises NotPermitted, or DeadLetterNotFound, also for a letter out of reach."""
    reach_of(principal)
    letter = await tx.dead_letters.find(letter_id)
    if letter is None:
        raise DeadLetterNotFound(letter_id)
    require_visible(letter, principal)
    return letter


async def lock_letter(tx: UnitOfWork, letter: DeadLetter) -> DeadLetter:
    """What has become of it; it is ours alone until the transaction ends."""
    locked = await tx.dead_letters.lock(letter.id)
    if locked is None:
        raise DeadLetterNotFound(letter.id)
    return locked
