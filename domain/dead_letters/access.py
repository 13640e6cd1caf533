"""Who looks after dead letters."""

from dataclasses import dataclass

from domain.dead_letters.dead_letter import DeadLetter
from domain.dead_letters.errors import DeadLetterNotFound
from domain.errors import NotPermitted
from domain.ids import StoreId
from domain.principal import Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Letters of one store and, when `strays`, those of no store."""

    store_id: StoreId
    strays: bool

    def covers(self, store_id: StoreId | None) -> bool:
        return self.strays if store_id is None else store_id == self.store_id


def reach_of(principal: Principal) -> Reach:
    """An admin sees the letters of his store. One who is a service too, the operator of it all, sees those of no store
    as well. Raises NotPermitted.
    """
    if not principal.has(Role.ADMIN):
        raise NotPermitted("dead letters are for admins")
    return Reach(store_id=principal.store_id, strays=principal.has(Role.SERVICE))


def require_visible(letter: DeadLetter, principal: Principal) -> None:
    """Raises NotPermitted, or DeadLetterNotFound for a letter out of reach."""
    if not reach_of(principal).covers(letter.store_id):
        raise DeadLetterNotFound(letter.id)
