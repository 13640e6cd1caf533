from collections.abc import Sequence
from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ads.ad import Ad
from domain.ads.repository import Ads
from domain.ids import AdId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAdsQuery:
    """`limit` ads older than `before`, or the newest."""

    principal: Principal
    before: AdId | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdPage:
    """Newest first; `next_before` is None on the last page."""

    ads: Sequence[Ad]
    next_before: AdId | None


class ListAds:
    """For everybody in the store."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ListAdsQuery) -> AdPage:
        async with self._begin() as tx:
            found = await tx.repository(Ads).of_store(
                query.principal.store_id, before=query.before, limit=query.limit + 1
            )
        ads = found[: query.limit]
        return AdPage(ads=ads, next_before=ads[-1].id if len(found) > len(ads) else None)
