from dataclasses import dataclass
from enum import StrEnum

from domain.ids import StoreId, UserId


class Role(StrEnum):
    PHOTOGRAPHER = "photographer"
    OWNER = "owner"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is calling, as the token says: a user of one store with roles."""

    user_id: UserId
    store_id: StoreId
    roles: frozenset[Role]

    @property
    def runs_the_store(self) -> bool:
        """True for its owners and admins, and for services that act for them."""
        return self.has(Role.OWNER, Role.ADMIN, Role.SERVICE)

    def has(self, *roles: Role) -> bool:
        """True when the principal holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)
