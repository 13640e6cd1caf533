from dataclasses import dataclass

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments, UsageChange
from application.patch import Patch, patched
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from application.users.slots import USER_AVATAR
from domain.ids import MediaId, UserId
from domain.media.access import may_see
from domain.media.errors import MediaNotAttachable
from domain.principal import Principal
from domain.users.repository import Users
from domain.users.user import User, UserNotFound, require_self_or_admin


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateUserCommand:
    principal: Principal
    user_id: UserId
    avatar_media_id: Patch[MediaId]


class UpdateUser:
    """Users who are not known yet are from here on, by what they do themselves: their token proves that they are of the
    store. For what the caller may not see there is no use either.

    Raises NotPermitted, UserNotFound, MediaNotAttachable, Rejected.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock

    async def __call__(self, command: UpdateUserCommand) -> User:
        require_self_or_admin(command.user_id, command.principal)
        now, store_id = self._clock.now(), command.principal.store_id
        async with self._begin() as tx:
            users = tx.repository(Users)
            user = await users.lock(command.user_id)
            if user is None and command.user_id == command.principal.user_id:
                user = User.introduce(user_id=command.user_id, store_id=store_id, now=now)
            if user is None or user.store_id != store_id:
                raise UserNotFound(command.user_id)
            before = user.avatar
            user.show(patched(command.avatar_media_id, user.avatar_media_id), now=now)
            uses = user.uses_beyond(before)
            for use in uses:
                media = await tx.media.find(use.media_id)
                if media is None or not may_see(media, command.principal):
                    raise MediaNotAttachable.unknown(use.media_id, at=use.at)
            await self._reconcile(
                tx,
                UsageChange(
                    entity_type=USER_AVATAR,
                    entity_id=user.id,
                    store_id=store_id,
                    old_media_ids=before,
                    new_media_ids=user.avatar,
                ),
                uses=uses,
            )
            await judge_uses(tx, uses)
            await users.save(user)
            await tx.commit()
        return user
