from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.memory.transaction import MemoryTransaction
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from domain.ids import BlobId, MediaId
from domain.media.media import GOING, Media, MediaStatus
from domain.media.repository import MediaFiles


class MemoryMediaFiles(MediaFiles):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def find(self, media_id: MediaId) -> Media | None:
        return self._transaction.find(Media, media_id)

    async def find_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        found = [await self.find(media_id) for media_id in set(media_ids)]
        return [media for media in found if media is not None]

    async def lock(self, media_id: MediaId) -> Media | None:
        await self._transaction.lock(Media, media_id)
        return await self.find(media_id)

    async def lock_all(self, media_ids: Collection[MediaId]) -> Sequence[Media]:
        locked = [await self.lock(media_id) for media_id in sorted(set(media_ids))]
        return [media for media in locked if media is not None]

    async def save(self, media: Media) -> None:
        await self._transaction.lock(Media, media.id)
        stored = await self.find(media.id)
        await self._transaction.save(Media, [(media.id, media)])
        if stored is not None:
            self._transaction.put(Media, media.id, replace(media, usage_count=stored.usage_count))

    async def remove(self, media: Media) -> None:
        await self._transaction.lock(Media, media.id)
        self._transaction.remove(Media, media.id)

    async def pending_among(self, media_ids: Collection[MediaId]) -> Collection[MediaId]:
        found = [await self.find(media_id) for media_id in media_ids]
        return {media.id for media in found if media is not None and media.status is MediaStatus.PENDING}

    async def holding(self, blob_id: BlobId) -> Sequence[MediaId]:
        return sorted(media.id for media in self._transaction.select(Media, lambda media: media.blob_id == blob_id))

    async def overdue_uploads(self, *, before: datetime, limit: int) -> Sequence[MediaId]:
        overdue = self._transaction.select(
            Media, lambda media: media.status is MediaStatus.PENDING and media.created_at < before
        )
        return [media.id for media in sorted(overdue, key=lambda media: media.created_at)[:limit]]

    async def quarantined(self, blob_id: BlobId) -> Sequence[MediaId]:
        found = self._transaction.select(
            Media, lambda media: media.blob_id == blob_id and media.quarantined_at is not None
        )
        return sorted(media.id for media in found)

    async def unfinished_deletions(
        self, *, now: datetime, pauses: Sequence[timedelta], limit: int
    ) -> Sequence[MediaId]:
        discarded = {
            letter.media_id
            for letter in self._transaction.select(
                DeadLetter, lambda letter: letter.is_about_deletion and letter.status is LetterStatus.DISCARDED
            )
        }

        def is_due(media: Media) -> bool:
            pause = pauses[min(max(media.deletions, 1), len(pauses)) - 1]
            return media.status in GOING and media.updated_at < now - pause and media.id not in discarded

        going = self._transaction.select(Media, is_due)
        return [media.id for media in sorted(going, key=lambda media: media.updated_at)[:limit]]

    async def page(self, *, after: MediaId | None, limit: int) -> Sequence[Media]:
        behind = self._transaction.select(Media, lambda media: after is None or media.id > after)
        return sorted(behind, key=lambda media: media.id)[:limit]
