from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId
from domain.licenses.license import License, require_manager, visible_to
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseQuery:
    principal: Principal
    license_id: LicenseId


class GetLicense:
    """For those who run the store. Raises LicenseNotFound, NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: LicenseQuery) -> License:
        require_manager(query.principal)
        async with self._begin() as tx:
            return visible_to(await tx.repository(Licenses).find(query.license_id), query.license_id, query.principal)
