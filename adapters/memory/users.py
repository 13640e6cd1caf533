from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import UserId
from domain.users.repository import Users
from domain.users.user import User


class MemoryUsers(Users):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, user_id: UserId) -> User | None:
        return self._transaction.find(User, user_id)

    async def lock(self, user_id: UserId) -> User | None:
        await self._transaction.lock(User, user_id)
        return await self.find(user_id)

    async def save(self, user: User) -> None:
        await self._transaction.save(User, [(user.id, user)])

    async def remove(self, user: User) -> None:
        await self._transaction.lock(User, user.id)
        self._transaction.remove(User, user.id)

    async def with_avatar(self, *, after: UserId | None, limit: int) -> Sequence[User]:
        found = self._transaction.select(
            User, lambda user: user.avatar_media_id is not None and (after is None or user.id > after)
        )
        return sorted(found, key=lambda user: user.id)[:limit]
