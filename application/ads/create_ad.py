from collections.abc import Sequence
from dataclasses import dataclass

from application.ads.slots import creatives_changed
from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.ads.ad import Ad, Creative, require_manager
from domain.ads.repository import Ads
from domain.ids import AdId
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAdCommand:
    principal: Principal
    title: str
    creatives: Sequence[Creative]


class CreateAd:
    """From here on its media are protected. Raises NotPermitted, MediaNotAttachable, Rejected."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock, ids: Ids) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: CreateAdCommand) -> Ad:
        require_manager(command.principal)
        ad = Ad.create(
            ad_id=AdId(self._ids.new()),
            store_id=command.principal.store_id,
            title=command.title,
            creatives=command.creatives,
            now=self._clock.now(),
        )
        async with self._begin() as tx:
            uses = ad.uses_beyond([])
            await self._reconcile(tx, creatives_changed(ad, [], ad.media_ids), uses=uses)
            await judge_uses(tx, uses)
            await tx.repository(Ads).save(ad)
            await tx.commit()
        return ad
