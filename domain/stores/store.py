"""How a store shows itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound, NotPermitted
from domain.events import Aggregate
from domain.ids import MediaId, StoreId
from domain.media.kind import IMAGES
from domain.media.suitability import NewUse
from domain.principal import Principal


class StoreNotFound(NotFound):
    code = "STORE_NOT_FOUND"

    def __init__(self, store_id: StoreId) -> None:
        super().__init__(f"there is no store {store_id} for you")
        self.store_id = store_id


@dataclass(slots=True, kw_only=True)
class Store(Aggregate):
    id: StoreId
    logo_media_id: MediaId | None = None
    banner_media_id: MediaId | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def introduce(cls, *, store_id: StoreId, now: datetime) -> "Store":
        return cls(id=store_id, created_at=now, updated_at=now)

    @property
    def logo(self) -> list[MediaId]:
        """The media of this slot, as the ledger wants it."""
        return [self.logo_media_id] if self.logo_media_id else []

    @property
    def banner(self) -> list[MediaId]:
        """The media of this slot, as the ledger wants it."""
        return [self.banner_media_id] if self.banner_media_id else []

    def show(self, *, logo_media_id: MediaId | None, banner_media_id: MediaId | None, now: datetime) -> None:
        self.logo_media_id, self.banner_media_id = logo_media_id, banner_media_id
        self.updated_at = now

    def uses_beyond(self, *, logo: Sequence[MediaId], banner: Sequence[MediaId]) -> list[NewUse]:
        """What both slots use now, and did not when they used these."""
        slots = (("/logoMediaId", self.logo, logo), ("/bannerMediaId", self.banner, banner))
        return [NewUse(at, media_id, IMAGES) for at, now, before in slots for media_id in now if media_id not in before]

    def detach_logo(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the media; False when it is not used, or not any more."""
        if self.logo_media_id != media_id:
            return False
        self.show(logo_media_id=None, banner_media_id=self.banner_media_id, now=now)
        return True

    def detach_banner(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the media; False when it is not used, or not any more."""
        if self.banner_media_id != media_id:
            return False
        self.show(logo_media_id=self.logo_media_id, banner_media_id=None, now=now)
        return True


def require_own(store_id: StoreId, principal: Principal) -> None:
    """Another store does not exist. Raises StoreNotFound."""
    if principal.store_id != store_id:
        raise StoreNotFound(store_id)


def require_manager(store_id: StoreId, principal: Principal) -> None:
    """Raises StoreNotFound, NotPermitted."""
    require_own(store_id, principal)
    if not principal.runs_the_store:
        raise NotPermitted("a store is changed by its owners and admins")
