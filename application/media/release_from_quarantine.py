"""The bytes lie there again: media that were left without them can be used."""

from application.ports.clock import Clock
from application.ports.log import Log
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import BlobId, MediaId


class ReleaseFromQuarantine:
    """Answers how many media that hold the blob it has released. Whoever calls has seen the object in the store."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, log: Log) -> None:
        self._begin = begin
        self._clock = clock
        self._log = log

    async def __call__(self, blob_id: BlobId) -> int:
        async with self._begin() as tx:
            quarantined = await tx.media.quarantined(blob_id)
        return sum([await self._release(media_id, blob_id) for media_id in quarantined])

    async def _release(self, media_id: MediaId, blob_id: BlobId) -> bool:
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.blob_id != blob_id or media.quarantined_at is None:
                return False
            media.release_from_quarantine(now=self._clock.now())
            await tx.media.save(media)
            await tx.commit()
        self._log.info("media.released_from_quarantine", media_id=media_id, store_id=media.store_id)
        return True
