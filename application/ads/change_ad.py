from collections.abc import Sequence
from dataclasses import dataclass

from application.ads.slots import creatives_changed
from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ads.ad import Ad, Creative, require_manager, visible_to
from domain.ads.repository import Ads
from domain.ids import AdId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAdCommand:
    principal: Principal
    ad_id: AdId
    title: str
    creatives: Sequence[Creative]


class ChangeAd:
    """What is sent replaces what was there; media that are not shown any more are released. Raises AdNotFound,
    NotPermitted, MediaNotAttachable, Rejected.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock

    async def __call__(self, command: ChangeAdCommand) -> Ad:
        async with self._begin() as tx:
            ads = tx.repository(Ads)
            ad = visible_to(await ads.lock(command.ad_id), command.ad_id, command.principal)
            require_manager(command.principal)
            before = ad.media_ids
            ad.change(title=command.title, creatives=command.creatives, now=self._clock.now())
            uses = ad.uses_beyond(before)
            await self._reconcile(tx, creatives_changed(ad, before, ad.media_ids), uses=uses)
            await judge_uses(tx, uses)
            await ads.save(ad)
            await tx.commit()
        return ad
