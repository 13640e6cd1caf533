"""The one slot of licenses that uses media: always protected."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.attachments.reconcile_attachments import UsageChange
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.ids import LicenseId, MediaId
from domain.licenses.license import License
from domain.licenses.repository import Licenses

LICENSE = "license"


def document_changed(license_: License, old: Sequence[MediaId], new: Sequence[MediaId]) -> UsageChange:
    return UsageChange(
        entity_type=LICENSE,
        entity_id=license_.id,
        store_id=license_.store_id,
        old_media_ids=old,
        new_media_ids=new,
    )


async def detach_document(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    licenses = tx.repository(Licenses)
    license_ = await licenses.lock(LicenseId(attachment.entity_id))
    if license_ is not None and license_.detach(attachment.media_id, now=now):
        await licenses.save(license_)


class DocumentReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        license_ = await tx.repository(Licenses).lock(LicenseId(entity_id))
        return license_.media_ids if license_ else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        licenses = await tx.repository(Licenses).page(after=LicenseId(after) if after else None, limit=limit)
        return [
            Reference(entity_id=license_.id, store_id=license_.store_id, media_id=media_id)
            for license_ in licenses
            for media_id in license_.media_ids
        ]


ENTITY_TYPES = (
    EntityType(
        name=LICENSE,
        owner="license",
        protected=True,
        detach=detach_document,
        references=DocumentReferences(),
    ),
)
