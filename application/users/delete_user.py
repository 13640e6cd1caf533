from dataclasses import dataclass

from application.attachments.reconcile_attachments import ReconcileAttachments, UsageChange
from application.unit_of_work import UnitOfWorkFactory
from application.users.slots import USER_AVATAR
from domain.ids import UserId
from domain.principal import Principal
from domain.users.repository import Users
from domain.users.user import UserNotFound, require_self_or_admin


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteUserCommand:
    principal: Principal
    user_id: UserId


class DeleteUser:
    """Lets go of the avatar first. Users know of themselves, and that they are gone is no error; to anybody else who is
    gone, unknown, or of another store is not found. Raises NotPermitted, UserNotFound.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, command: DeleteUserCommand) -> None:
        require_self_or_admin(command.user_id, command.principal)
        async with self._begin() as tx:
            users = tx.repository(Users)
            user = await users.lock(command.user_id)
            if user is None and command.user_id == command.principal.user_id:
                return
            if user is None or user.store_id != command.principal.store_id:
                raise UserNotFound(command.user_id)
            await self._reconcile(
                tx,
                UsageChange(
                    entity_type=USER_AVATAR,
                    entity_id=user.id,
                    store_id=user.store_id,
                    old_media_ids=user.avatar,
                    new_media_ids=[],
                ),
            )
            await users.remove(user)
            await tx.commit()
