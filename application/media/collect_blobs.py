"""Bytes that nobody holds leave the store."""

from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.ids import BlobId
from domain.media.blob import Blob

_BLOBS = 100
"""At one look."""


class CollectBlobs:
    """A pass of the sweeper; answers how many it has removed. Any number may run at once.

    A condemned blob waits for `grace`, which is longer than any signed URL to it lives. Then it is marked, locked,
    looked at once more, and its object is deleted while the lock is held: whoever wants to hold these bytes waits,
    finds neither row nor object, and writes both anew. Where a removal was cut short nobody knows whether it is still
    to come: the mark keeps everybody from counting on the object until it cannot be. Raises Unavailable.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        clock: Clock,
        grace: timedelta,
        telemetry: Telemetry,
        log: Log,
    ) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._grace = grace
        self._telemetry = telemetry
        self._log = log

    async def __call__(self) -> int:
        before = self._clock.now() - self._grace
        async with self._begin() as tx:
            condemned = await tx.blobs.condemned(before=before, limit=_BLOBS)
        return sum([await self._collect(blob_id, before) for blob_id in condemned])

    async def _collect(self, blob_id: BlobId, before: datetime) -> bool:
        async with self._begin() as tx:
            blob = await self._lock_collectable(tx, blob_id, before)
            if blob is None:
                return False
            blob.begin_collection(now=self._clock.now())
            await tx.blobs.save(blob)
            await tx.commit()
        async with self._begin() as tx:
            blob = await self._lock_collectable(tx, blob_id, before)
            if blob is None:
                return False
            await self._store.delete([blob.key])
            await tx.blobs.remove(blob)
            await tx.commit()
        self._telemetry.blob_collected(blob.size)
        return True

    async def _lock_collectable(self, tx: UnitOfWork, blob_id: BlobId, before: datetime) -> Blob | None:
        blob = await tx.blobs.lock(blob_id)
        if blob is None or not blob.is_collectable(before=before):
            return None
        holders = await tx.media.holding(blob_id)
        if holders:
            # Its count is wrong, and no reason to lose anything. Counted anew, it is in nobody's way at the next look.
            blob.recount(len(holders), now=self._clock.now())
            await tx.blobs.save(blob)
            await tx.commit()
            self._log.error("blob.miscounted", blob_id=blob_id, key=blob.key, media_id=holders[0])
            return None
        return blob
