from datetime import datetime
from uuid import UUID

import msgspec

from domain.users.user import User


class UserBody(msgspec.Struct, rename="camel", kw_only=True):
    user_id: UUID
    avatar_media_id: UUID | None
    updated_at: datetime


def user_body(user: User) -> UserBody:
    return UserBody(user_id=user.id, avatar_media_id=user.avatar_media_id, updated_at=user.updated_at)
