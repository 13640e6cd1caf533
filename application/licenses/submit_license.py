from dataclasses import dataclass

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.licenses.slots import document_changed
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId, MediaId
from domain.licenses.license import License, require_manager
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitLicenseCommand:
    principal: Principal
    number: str
    media_id: MediaId


class SubmitLicense:
    """From here on its document is protected. Raises NotPermitted, MediaNotAttachable, Rejected."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock, ids: Ids) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: SubmitLicenseCommand) -> License:
        require_manager(command.principal)
        license_ = License.submit(
            license_id=LicenseId(self._ids.new()),
            store_id=command.principal.store_id,
            number=command.number,
            media_id=command.media_id,
            now=self._clock.now(),
        )
        async with self._begin() as tx:
            uses = license_.uses_beyond([])
            await self._reconcile(tx, document_changed(license_, [], license_.media_ids), uses=uses)
            await judge_uses(tx, uses)
            await tx.repository(Licenses).save(license_)
            await tx.commit()
        return license_
