from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ads.ad import Ad, visible_to
from domain.ads.repository import Ads
from domain.ids import AdId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AdQuery:
    principal: Principal
    ad_id: AdId


class GetAd:
    """For everybody in the store. Raises AdNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: AdQuery) -> Ad:
        async with self._begin() as tx:
            return visible_to(await tx.repository(Ads).find(query.ad_id), query.ad_id, query.principal)
