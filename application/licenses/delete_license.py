from dataclasses import dataclass

from application.attachments.reconcile_attachments import ReconcileAttachments
from application.licenses.slots import document_changed
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId
from domain.licenses.license import require_manager, visible_to
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteLicenseCommand:
    principal: Principal
    license_id: LicenseId


class DeleteLicense:
    """Only one that is over; its document is released first. Raises LicenseNotFound, NotPermitted, LicenseInForce."""

    def __init__(self, *, begin: UnitOfWorkFactory, reconcile: ReconcileAttachments) -> None:
        self._begin = begin
        self._reconcile = reconcile

    async def __call__(self, command: DeleteLicenseCommand) -> None:
        async with self._begin() as tx:
            licenses = tx.repository(Licenses)
            license_ = visible_to(await licenses.lock(command.license_id), command.license_id, command.principal)
            require_manager(command.principal)
            license_.require_over()
            await self._reconcile(tx, document_changed(license_, license_.media_ids, []))
            await licenses.remove(license_)
            await tx.commit()
