"""What a store shows of one of its users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound, NotPermitted
from domain.events import Aggregate
from domain.ids import MediaId, StoreId, UserId
from domain.media.kind import IMAGES
from domain.media.suitability import NewUse
from domain.principal import Principal, Role


class UserNotFound(NotFound):
    code = "USER_NOT_FOUND"

    def __init__(self, user_id: UserId) -> None:
        super().__init__(f"there is no user {user_id} in your store")
        self.user_id = user_id


@dataclass(slots=True, kw_only=True)
class User(Aggregate):
    """The identity itself is the token's; here is what media it uses."""

    id: UserId
    store_id: StoreId
    avatar_media_id: MediaId | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def introduce(cls, *, user_id: UserId, store_id: StoreId, now: datetime) -> "User":
        return cls(id=user_id, store_id=store_id, created_at=now, updated_at=now)

    @property
    def avatar(self) -> list[MediaId]:
        """The media of its one slot, as the ledger wants it."""
        return [self.avatar_media_id] if self.avatar_media_id else []

    def show(self, avatar_media_id: MediaId | None, *, now: datetime) -> None:
        self.avatar_media_id = avatar_media_id
        self.updated_at = now

    def uses_beyond(self, avatar: Sequence[MediaId]) -> list[NewUse]:
        """What its slot uses now, and did not when it used that."""
        return [NewUse("/avatarMediaId", media_id, IMAGES) for media_id in self.avatar if media_id not in avatar]

    def detach(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the media; False when it is not used, or not any more."""
        if self.avatar_media_id != media_id:
            return False
        self.show(None, now=now)
        return True


def require_self_or_admin(user_id: UserId, principal: Principal) -> None:
    """Raises NotPermitted."""
    if principal.user_id != user_id and not principal.has(Role.ADMIN, Role.SERVICE):
        raise NotPermitted("a user is changed by themselves, and by admins")
