from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from domain.attachments.attachment import Attachment, Place
from domain.attachments.repository import Attachments
from domain.errors import ConcurrentUpdate
from domain.ids import AttachmentId, MediaId
from domain.media.errors import MediaNotAttachable
from domain.media.media import Media


class MemoryAttachments(Attachments):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def held_by(self, slots: Collection[tuple[str, UUID]]) -> Sequence[Attachment]:
        asked = set(slots)
        held = self._transaction.select(
            Attachment, lambda attachment: (attachment.entity_type, attachment.entity_id) in asked
        )
        return sorted(held, key=lambda attachment: attachment.id)

    async def of_media(
        self, media_id: MediaId, *, after: Place | None = None, limit: int | None = None
    ) -> Sequence[Attachment]:
        uses = self._transaction.select(
            Attachment,
            lambda attachment: attachment.media_id == media_id and (after is None or attachment.place > after),
        )
        return sorted(uses, key=lambda attachment: attachment.place)[:limit]

    async def entity_types_of(self, media_id: MediaId) -> Sequence[str]:
        return sorted({attachment.entity_type for attachment in await self.of_media(media_id)})

    async def apply(self, *, added: Sequence[Attachment], removed: Sequence[Attachment]) -> None:
        steps: Counter[MediaId] = Counter()
        for attachment in added:
            # Two that write one usage come one after the other.
            await self._transaction.lock(Attachment, attachment.entity_type, attachment.entity_id, attachment.media_id)
            if attachment.media_id in await self._used_by(attachment.entity_type, attachment.entity_id):
                self._transaction.fail(ConcurrentUpdate("somebody else stored it first; read again and repeat"))
            if self._transaction.find(Media, attachment.media_id) is None:
                self._transaction.fail(MediaNotAttachable.unknown(*(each.media_id for each in added)))
            self._transaction.put(Attachment, attachment.id, attachment)
            steps[attachment.media_id] += 1
        for attachment in removed:
            await self._transaction.lock(Attachment, attachment.id)
            if self._transaction.find(Attachment, attachment.id) is not None:
                self._transaction.remove(Attachment, attachment.id)
                steps[attachment.media_id] -= 1
        for media_id, step in sorted(steps.items()):
            await self._transaction.lock(Media, media_id)
            media = self._transaction.find(Media, media_id)
            assert media is not None
            media.usage_count += step
            self._transaction.put(Media, media_id, media)

    async def _used_by(self, entity_type: str, entity_id: UUID) -> set[MediaId]:
        return {attachment.media_id for attachment in await self.held_by([(entity_type, entity_id)])}

    async def count(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        asked = set(media_ids)
        uses = self._transaction.select(Attachment, lambda attachment: attachment.media_id in asked)
        counted = Counter(attachment.media_id for attachment in uses)
        return {media_id: counted[media_id] for media_id in asked}

    async def page(self, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        behind = self._transaction.select(Attachment, lambda attachment: after is None or attachment.id > after)
        return sorted(behind, key=lambda attachment: attachment.id)[:limit]
