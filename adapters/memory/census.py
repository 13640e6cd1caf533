from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from application.ports.census import Census, CountedBlob, CountedMedia
from domain.attachments.attachment import Attachment
from domain.ids import AttachmentId, BlobId, MediaId
from domain.media.blob import Blob
from domain.media.media import Media


class MemoryCensus(Census):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def entity_types(self) -> Sequence[str]:
        return sorted({attachment.entity_type for attachment in self._uses()})

    async def uses_between(
        self, entity_types: Collection[str], *, after: UUID | None, upto: UUID | None
    ) -> Sequence[Attachment]:
        return [
            attachment
            for attachment in self._uses()
            if attachment.entity_type in entity_types
            and (after is None or attachment.entity_id > after)
            and (upto is None or attachment.entity_id <= upto)
        ]

    async def uses_of_type(self, entity_type: str, *, after: AttachmentId | None, limit: int) -> Sequence[Attachment]:
        found = [
            attachment
            for attachment in self._uses()
            if attachment.entity_type == entity_type and (after is None or attachment.id > after)
        ]
        return sorted(found, key=lambda attachment: attachment.id)[:limit]

    async def media_page(self, *, after: MediaId | None, limit: int) -> Sequence[CountedMedia]:
        uses = Counter(attachment.media_id for attachment in self._uses())
        found = self._transaction.select(Media, lambda media: after is None or media.id > after)
        return [
            CountedMedia(media=media, uses=uses[media.id])
            for media in sorted(found, key=lambda media: media.id)[:limit]
        ]

    async def blob_page(self, *, after: str | None, limit: int) -> Sequence[CountedBlob]:
        behind = self._transaction.select(Blob, lambda blob: after is None or blob.key > after)
        return [
            CountedBlob(blob=blob, holders=await self.count_holders(blob.id))
            for blob in sorted(behind, key=lambda blob: blob.key)[:limit]
        ]

    async def count_holders(self, blob_id: BlobId) -> int:
        return len(self._transaction.select(Media, lambda media: media.blob_id == blob_id))

    async def recount_uses(self, media_id: MediaId) -> None:
        await self._transaction.lock(Media, media_id)
        media = self._transaction.find(Media, media_id)
        if media is not None:
            media.usage_count = sum(attachment.media_id == media_id for attachment in self._uses())
            self._transaction.put(Media, media_id, media)

    def _uses(self) -> Sequence[Attachment]:
        return self._transaction.select(Attachment, lambda _: True)
