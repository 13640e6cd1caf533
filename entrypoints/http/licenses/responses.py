from datetime import datetime
from uuid import UUID

import msgspec

from domain.licenses.license import License


class _Answer(msgspec.Struct, rename="camel"):
    pass


class LicenseBody(_Answer, kw_only=True):
    license_id: UUID
    number: str
    media_id: UUID | None
    status: str
    created_at: datetime
    updated_at: datetime


class LicensePageBody(_Answer):
    """Newest first; `nextCursor` is null on the last page."""

    licenses: list[LicenseBody]
    next_cursor: str | None


def license_body(license_: License) -> LicenseBody:
    return LicenseBody(
        license_id=license_.id,
        number=license_.number,
        media_id=license_.media_id,
        status=license_.status,
        created_at=license_.created_at,
        updated_at=license_.updated_at,
    )
