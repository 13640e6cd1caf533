"""The one slot of users that uses media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.ids import MediaId, UserId
from domain.users.repository import Users

USER_AVATAR = "user_avatar"


async def detach_avatar(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    users = tx.repository(Users)
    user = await users.lock(UserId(attachment.entity_id))
    if user is not None and user.detach(attachment.media_id, now=now):
        await users.save(user)


class AvatarReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        user = await tx.repository(Users).lock(UserId(entity_id))
        return user.avatar if user else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        users = await tx.repository(Users).with_avatar(after=UserId(after) if after else None, limit=limit)
        return [
            Reference(entity_id=user.id, store_id=user.store_id, media_id=media_id)
            for user in users
            for media_id in user.avatar
        ]


ENTITY_TYPES = (
    EntityType(name=USER_AVATAR, owner="user", protected=False, detach=detach_avatar, references=AvatarReferences()),
)
