"""The one slot of attachments that uses media."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityType, Reference, References
from application.attachments.reconcile_attachments import UsageChange
from application.unit_of_work import UnitOfWork
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import SetAttachment
from domain.attachments.attachment import Attachment
from domain.ids import MediaId, SetAttachmentId

ATTACHMENT = "attachment"


def usage_changes(
    attachment_set: AttachmentSet, before: Sequence[SetAttachment], after: Sequence[SetAttachment]
) -> list[UsageChange]:
    """Of those attachments that use another media after the write than before it."""
    old = {attachment.id: attachment.media_ids for attachment in before}
    new = {attachment.id: attachment.media_ids for attachment in after}
    return [
        UsageChange(
            entity_type=ATTACHMENT,
            entity_id=attachment_id,
            store_id=attachment_set.store_id,
            old_media_ids=old.get(attachment_id, []),
            new_media_ids=new.get(attachment_id, []),
        )
        for attachment_id in old | new
        if old.get(attachment_id, []) != new.get(attachment_id, [])
    ]


async def detach(tx: UnitOfWork, usage: Attachment, now: datetime) -> None:
    attachment_id = SetAttachmentId(usage.entity_id)
    attachment_set = await _lock_set_of(tx, attachment_id)
    if attachment_set is not None and attachment_set.detach(attachment_id, usage.media_id, now=now):
        await tx.repository(AttachmentSets).save(attachment_set)


class AttachmentReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        attachment_id = SetAttachmentId(entity_id)
        attachment_set = await _lock_set_of(tx, attachment_id)
        found = attachment_set.find(attachment_id) if attachment_set else None
        return found.media_ids if found else []

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        held = await tx.repository(AttachmentSets).using_media(
            after=SetAttachmentId(after) if after else None, limit=limit
        )
        return [
            Reference(entity_id=each.attachment.id, store_id=each.store_id, media_id=media_id)
            for each in held
            for media_id in each.attachment.media_ids
        ]


async def _lock_set_of(tx: UnitOfWork, attachment_id: SetAttachmentId) -> AttachmentSet | None:
    sets = tx.repository(AttachmentSets)
    set_id = await sets.set_of(attachment_id)
    return await sets.lock(set_id) if set_id else None


ENTITY_TYPES = (
    EntityType(name=ATTACHMENT, owner="attachment", protected=False, detach=detach, references=AttachmentReferences()),
)
