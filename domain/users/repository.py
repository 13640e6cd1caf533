from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.ids import UserId
from domain.users.user import User


class Users(Protocol):
    @abstractmethod
    async def find(self, user_id: UserId) -> User | None: ...

    @abstractmethod
    async def lock(self, user_id: UserId) -> User | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, user: User) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def remove(self, user: User) -> None: ...

    @abstractmethod
    async def with_avatar(self, *, after: UserId | None, limit: int) -> Sequence[User]:
        """Those who have one, by id, behind `after`."""
