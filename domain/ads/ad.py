"""An advertisement of a store. While it lives, its creatives keep their media from being deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound, NotPermitted
from domain.events import Aggregate
from domain.ids import AdId, MediaId, StoreId
from domain.media.kind import SHOWPIECES
from domain.media.suitability import NewUse
from domain.principal import Principal


class AdNotFound(NotFound):
    code = "AD_NOT_FOUND"

    def __init__(self, ad_id: AdId) -> None:
        super().__init__(f"there is no ad {ad_id} in your store")
        self.ad_id = ad_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Creative:
    """A picture or clip of the ad, with what is said beside it."""

    media_id: MediaId
    headline: str | None = None


@dataclass(slots=True, kw_only=True)
class Ad(Aggregate):
    """`creatives` in the order in which they are shown; two of them may use one media."""

    id: AdId
    store_id: StoreId
    title: str
    creatives: tuple[Creative, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls, *, ad_id: AdId, store_id: StoreId, title: str, creatives: Sequence[Creative], now: datetime
    ) -> "Ad":
        return cls(id=ad_id, store_id=store_id, title=title, creatives=tuple(creatives), created_at=now, updated_at=now)

    @property
    def media_ids(self) -> list[MediaId]:
        """What its one slot uses, as the ledger wants it."""
        return list(dict.fromkeys(creative.media_id for creative in self.creatives))

    def uses_beyond(self, media_ids: Sequence[MediaId]) -> list[NewUse]:
        """What its creatives use now, and did not when they used these."""
        return [
            NewUse(f"/creatives/{place}/mediaId", creative.media_id, SHOWPIECES)
            for place, creative in enumerate(self.creatives)
            if creative.media_id not in media_ids
        ]

    def change(self, *, title: str, creatives: Sequence[Creative], now: datetime) -> None:
        self.title, self.creatives = title, tuple(creatives)
        self.updated_at = now

    def detach(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the creatives that show this media; the others close up. False when there are none."""
        left = tuple(creative for creative in self.creatives if creative.media_id != media_id)
        if left == self.creatives:
            return False
        self.change(title=self.title, creatives=left, now=now)
        return True


def visible_to(ad: Ad | None, ad_id: AdId, principal: Principal) -> Ad:
    """Raises AdNotFound, also for another store's."""
    if ad is None or ad.store_id != principal.store_id:
        raise AdNotFound(ad_id)
    return ad


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("ads are made by those who run the store")
