"""Objects under keys of blobs that no blob names."""

from datetime import timedelta
from uuid import UUID

from application.audit.finding import Drift, Finding
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.storage import ListedObject, ObjectNotFound, ObjectStore, StoredObject
from application.storage.reading import measure
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.checksum import Checksum
from domain.ids import BlobId, StoreId
from domain.media.blob import Blob
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_in, direct_media

_UPLOAD_AGE = timedelta(days=2)
"""No upload that has written it is still at it."""


class OrphanObjects:
    """Where a blob can be made of them they are condemned, for the collector; whoever brings these bytes until then
    takes the object for good, so all of it is read first. Where none can, because their key does not tell their hash,
    or not that of these bytes, or they have a blob elsewhere, they are deleted, once no upload can still need them.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, ids: Ids) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._ids = ids

    async def look(self, listed: ListedObject, *, repair: bool) -> Finding | None:
        """None for one that a blob names by now, that is gone, or that is left alone."""
        bytes_of = blob_in(listed.key)
        async with self._begin() as tx:
            if await tx.blobs.at(listed.key) is not None:
                return None
            elsewhere = await tx.blobs.find(*bytes_of) if bytes_of else None
            nameless = bytes_of is None or elsewhere is not None
            if nameless and not await self._is_abandoned(tx, listed, elsewhere):
                return None
        stored = await self._store.head(listed.key)
        if stored is None:
            return None
        repaired = repair
        if repair and bytes_of is not None and elsewhere is None:
            repaired = await self._mend(listed, stored, *bytes_of)
        elif repair:
            await self._store.delete([listed.key])
        return Finding(
            drift=Drift.ORPHAN_OBJECT,
            detail=f"{listed.size} bytes that no blob knows of",
            store_id=StoreId(UUID(listed.key.partition("/")[0])),
            key=listed.key,
            repaired=repaired,
        )

    async def _is_abandoned(self, tx: UnitOfWork, listed: ListedObject, elsewhere: Blob | None) -> bool:
        """False while it may be needed: by an upload, or for a blob once the one of these bytes is collected."""
        if not self._is_old(listed):
            return False
        if elsewhere is not None and elsewhere.holders == 0:
            return False
        uploader = direct_media(listed.key)
        waiting = await tx.media.holding(elsewhere.id) if elsewhere else [uploader] if uploader else []
        return not any(
            media.status is MediaStatus.PENDING and media.storage_key == listed.key
            for media in await tx.media.find_all(waiting)
        )

    async def _mend(self, listed: ListedObject, stored: StoredObject, store_id: StoreId, checksum: Checksum) -> bool:
        """False for what is left alone."""
        try:
            size, found = await measure(self._store, stored.key)
        except ObjectNotFound:
            return False
        blob = Blob.describe(
            blob_id=BlobId(self._ids.new()),
            store_id=store_id,
            checksum=checksum,
            key=stored.key,
            size=size,
            content_type=stored.content_type,
            now=self._clock.now(),
        )
        if found == checksum:
            await self._condemn(blob)
            return True
        return self._is_old(listed) and await self._remove(blob)

    async def _condemn(self, blob: Blob) -> None:
        async with self._begin() as tx:
            await tx.blobs.obtain(blob)
            await tx.commit()

    async def _remove(self, blob: Blob) -> bool:
        """As the collector does: whoever brings these bytes meanwhile waits, finds neither row nor object, and writes
        both anew. False where somebody was faster.
        """
        async with self._begin() as tx:
            obtained = await tx.blobs.obtain(blob)
            if obtained.id != blob.id:
                return False
            obtained.begin_collection(now=self._clock.now())
            await tx.blobs.save(obtained)
            await tx.commit()
        async with self._begin() as tx:
            locked = await tx.blobs.lock(blob.id)
            if locked is None or locked.holders:
                return False
            await self._store.delete([blob.key])
            await tx.blobs.remove(locked)
            await tx.commit()
        return True

    def _is_old(self, listed: ListedObject) -> bool:
        return self._clock.now() - listed.modified_at > _UPLOAD_AGE
