from dataclasses import dataclass

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId
from domain.licenses.license import License, LicenseStatus, require_judge, visible_to
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideLicenseCommand:
    principal: Principal
    license_id: LicenseId
    status: LicenseStatus


class DecideLicense:
    """Its document stays protected whatever is decided. What is decided already is not written again.

    Raises LicenseNotFound, NotPermitted, InvalidState.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, command: DecideLicenseCommand) -> License:
        async with self._begin() as tx:
            licenses = tx.repository(Licenses)
            license_ = visible_to(await licenses.lock(command.license_id), command.license_id, command.principal)
            require_judge(command.principal)
            if license_.decide(command.status, now=self._clock.now()):
                await licenses.save(license_)
                await tx.commit()
        return license_
