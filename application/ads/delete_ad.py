from dataclasses import dataclass

from application.ads.slots import creatives_changed
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.unit_of_work import UnitOfWorkFactory
from domain.ads.ad import require_manager, visible_to
from domain.ads.repository import Ads
from domain.ids import AdId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAdCommand:
    principal: Principal
    ad_id: AdId


class DeleteAd:
    """Releases its media first. Raises AdNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, command: DeleteAdCommand) -> None:
        async with self._begin() as tx:
            ads = tx.repository(Ads)
            ad = visible_to(await ads.lock(command.ad_id), command.ad_id, command.principal)
            require_manager(command.principal)
            await self._reconcile(tx, creatives_changed(ad, ad.media_ids, []))
            await ads.remove(ad)
            await tx.commit()
