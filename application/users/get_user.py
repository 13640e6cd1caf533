from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import UserId
from domain.principal import Principal
from domain.users.repository import Users
from domain.users.user import User, UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class UserQuery:
    principal: Principal
    user_id: UserId


class GetUser:
    """For everybody in the store. Raises UserNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: UserQuery) -> User:
        async with self._begin() as tx:
            user = await tx.repository(Users).find(query.user_id)
        if user is None or user.store_id != query.principal.store_id:
            raise UserNotFound(query.user_id)
        return user
