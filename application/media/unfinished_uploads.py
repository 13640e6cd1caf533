"""Uploads that end without their bytes."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from application.media.staging import Staging
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.failure import Failure
from domain.ids import MediaId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import staged_media

_End = Callable[[UnitOfWork, Media, Blob | None, datetime], Awaitable[None]]


class UnfinishedUploads:
    """Ends what is still PENDING: its hold on bytes is given back, and what it has left in the store goes. An object
    that a blob names stays: others may hold it, and the collector knows.

    Each call answers False for a media that is not PENDING any more: whoever was faster has dealt with it. Raises
    Unavailable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, staging: Staging, clock: Clock) -> None:
        self._begin = begin
        self._staging = staging
        self._clock = clock

    async def expire(self, media_id: MediaId) -> bool:
        """Nobody has completed it in time."""

        async def end(tx: UnitOfWork, media: Media, blob: Blob | None, now: datetime) -> None:
            media.expire(blob, now=now)
            await tx.media.save(media)

        return await self._end(media_id, end)

    async def fail(self, media_id: MediaId, failure: Failure) -> bool:
        """What was uploaded can never be what was announced."""

        async def end(tx: UnitOfWork, media: Media, blob: Blob | None, now: datetime) -> None:
            media.give_up(blob, failure, now=now)
            await tx.media.save(media)

        return await self._end(media_id, end)

    async def discard(self, media_id: MediaId) -> bool:
        """Its sender was refused or has gone, and knows of no media: nothing stays of it."""

        async def end(tx: UnitOfWork, media: Media, blob: Blob | None, now: datetime) -> None:
            media.let_go(blob, now=now)
            await tx.media.remove(media)

        return await self._end(media_id, end)

    async def _end(self, media_id: MediaId, end: _End) -> bool:
        await self._clear(media_id)
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.status is not MediaStatus.PENDING:
                return False
            blob = await tx.blobs.lock(media.blob_id) if media.blob_id is not None else None
            await end(tx, media, blob, self._clock.now())
            if blob is not None:
                await tx.blobs.save(blob)
            await tx.commit()
        if staged_media(media.storage_key) is not None:
            await self._staging.forget(media.storage_key)
        return True

    async def _clear(self, media_id: MediaId) -> None:
        """While the row still names it: nobody would find it later."""
        async with self._begin() as tx:
            media = await tx.media.find(media_id)
            if media is None or media.status is not MediaStatus.PENDING or media.blob_id is None:
                return
            blob = await tx.blobs.lock(media.blob_id)
        if blob is not None:
            await self._staging.clear(media, blob)
