from dataclasses import dataclass

from application.attachments.judge_uses import judge_uses
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.licenses.slots import document_changed
from application.patch import Patch, patched
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId, MediaId
from domain.licenses.license import License, require_manager, visible_to
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitLicenseCommand:
    """Neither number nor document can be cleared: None leaves it as it is, as being absent does."""

    principal: Principal
    license_id: LicenseId
    number: Patch[str]
    media_id: Patch[MediaId]


class ResubmitLicense:
    """What changes nothing is not decided upon anew.

    Raises LicenseNotFound, NotPermitted, LicenseDecided, MediaNotAttachable, Rejected.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments, clock: Clock) -> None:
        self._begin = begin
        self._reconcile = reconcile
        self._clock = clock

    async def __call__(self, command: ResubmitLicenseCommand) -> License:
        async with self._begin() as tx:
            licenses = tx.repository(Licenses)
            license_ = visible_to(await licenses.lock(command.license_id), command.license_id, command.principal)
            require_manager(command.principal)
            before = license_.media_ids
            resubmitted = license_.resubmit(
                number=patched(command.number, license_.number) or license_.number,
                media_id=patched(command.media_id, license_.media_id) or license_.media_id,
                now=self._clock.now(),
            )
            if not resubmitted:
                return license_
            uses = license_.uses_beyond(before)
            await self._reconcile(tx, document_changed(license_, before, license_.media_ids), uses=uses)
            await judge_uses(tx, uses)
            await licenses.save(license_)
            await tx.commit()
        return license_
