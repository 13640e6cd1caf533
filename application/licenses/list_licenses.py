from collections.abc import Sequence
from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import LicenseId
from domain.licenses.license import License, require_manager
from domain.licenses.repository import Licenses
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLicensesQuery:
    """`limit` licenses older than `before`, or the newest."""

    principal: Principal
    before: LicenseId | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePage:
    """Newest first; `next_before` is None on the last page."""

    licenses: Sequence[License]
    next_before: LicenseId | None


class ListLicenses:
    """For those who run the store. Raises NotPermitted."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ListLicensesQuery) -> LicensePage:
        require_manager(query.principal)
        async with self._begin() as tx:
            found = await tx.repository(Licenses).of_store(
                query.principal.store_id, before=query.before, limit=query.limit + 1
            )
        licenses = found[: query.limit]
        return LicensePage(licenses=licenses, next_before=licenses[-1].id if len(found) > len(licenses) else None)
