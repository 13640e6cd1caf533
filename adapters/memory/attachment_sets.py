from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets, HeldAttachment
from domain.ids import AttachmentSetId, SetAttachmentId


class MemoryAttachmentSets(AttachmentSets):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        return self._transaction.find(AttachmentSet, set_id)

    async def lock(self, set_id: AttachmentSetId) -> AttachmentSet | None:
        await self._transaction.lock(AttachmentSet, set_id)
        return await self.find(set_id)

    async def set_of(self, attachment_id: SetAttachmentId) -> AttachmentSetId | None:
        found = self._transaction.select(AttachmentSet, lambda each: each.find(attachment_id) is not None)
        return found[0].id if found else None

    async def save(self, attachment_set: AttachmentSet) -> None:
        await self._transaction.save(AttachmentSet, [(attachment_set.id, attachment_set)])

    async def remove(self, attachment_set: AttachmentSet) -> None:
        await self._transaction.lock(AttachmentSet, attachment_set.id)
        self._transaction.remove(AttachmentSet, attachment_set.id)

    async def using_media(self, *, after: SetAttachmentId | None, limit: int) -> Sequence[HeldAttachment]:
        held = [
            HeldAttachment(store_id=attachment_set.store_id, attachment=attachment)
            for attachment_set in self._transaction.select(AttachmentSet, lambda _: True)
            for attachment in attachment_set.attachments
            if attachment.media_id is not None and (after is None or attachment.id > after)
        ]
        return sorted(held, key=lambda each: each.attachment.id)[:limit]
