"""What a principal may reach of sets and attachments."""

from application.unit_of_work import UnitOfWork
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.errors import AttachmentNotFound, AttachmentNotInSet, AttachmentSetNotFound
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import SetAttachment
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


async def find_set(tx: UnitOfWork, set_id: AttachmentSetId, principal: Principal) -> AttachmentSet:
    """Raises AttachmentSetNotFound."""
    return _visible(await tx.repository(AttachmentSets).find(set_id), set_id, principal)


async def lock_set(tx: UnitOfWork, set_id: AttachmentSetId, principal: Principal) -> AttachmentSet:
    """Raises AttachmentSetNotFound."""
    return _visible(await tx.repository(AttachmentSets).lock(set_id), set_id, principal)


async def require_in(tx: UnitOfWork, attachment_set: AttachmentSet, attachment_id: SetAttachmentId) -> SetAttachment:
    """Raises AttachmentNotFound; AttachmentNotInSet when it is in another set of the store."""
    found = attachment_set.find(attachment_id)
    if found is not None:
        return found
    sets = tx.repository(AttachmentSets)
    where = await sets.set_of(attachment_id)
    other = await sets.find(where) if where else None
    if other is not None and other.store_id == attachment_set.store_id and other.id != attachment_set.id:
        raise AttachmentNotInSet(attachment_id, attachment_set.id)
    raise AttachmentNotFound(attachment_id)


async def find_attachment(tx: UnitOfWork, attachment_id: SetAttachmentId, principal: Principal) -> SetAttachment:
    """Wherever it is in the store. Raises AttachmentNotFound."""
    sets = tx.repository(AttachmentSets)
    where = await sets.set_of(attachment_id)
    attachment_set = await sets.find(where) if where else None
    found = attachment_set.find(attachment_id) if attachment_set else None
    if attachment_set is None or found is None or attachment_set.store_id != principal.store_id:
        raise AttachmentNotFound(attachment_id)
    return found


def _visible(attachment_set: AttachmentSet | None, set_id: AttachmentSetId, principal: Principal) -> AttachmentSet:
    if attachment_set is None or attachment_set.store_id != principal.store_id:
        raise AttachmentSetNotFound(set_id)
    return attachment_set
