"""Objects under keys of blobs that no blob names."""

from datetime import timedelta
from uuid import UUID

from application.audit.finding import Drift, Finding
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.storage import ListedObject, ObjectStore
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.checksum import Checksum
from domain.ids import BlobId, StoreId
from domain.media.blob import Blob
from domain.media.media import MediaStatus
from domain.media.object_keys import blob_in, direct_media

_UPLOAD_AGE = timedelta(days=2)
"""No upload that has written it is still at it."""
_UNKNOWN = "application/octet-stream"


class OrphanObjects:
    """Where a blob can be made of them they are condemned, for the collector. Where none can, because their key does
    not tell their hash or these bytes have a blob elsewhere, they are deleted, once no upload can still need them.
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
        if await self._store.head(listed.key) is None:
            return None
        if repair and bytes_of is not None and elsewhere is None:
            await self._condemn(listed, *bytes_of)
        elif repair:
            await self._store.delete([listed.key])
        return Finding(
            drift=Drift.ORPHAN_OBJECT,
            detail=f"{listed.size} bytes that no blob knows of",
            store_id=StoreId(UUID(listed.key.partition("/")[0])),
            key=listed.key,
            repaired=repair,
        )

    async def _is_abandoned(self, tx: UnitOfWork, listed: ListedObject, elsewhere: Blob | None) -> bool:
        """False while it may be needed: by an upload, or for a blob once the one of these bytes is collected."""
        if self._clock.now() - listed.modified_at <= _UPLOAD_AGE:
            return False
        if elsewhere is not None and elsewhere.holders == 0:
            return False
        uploader = direct_media(listed.key)
        waiting = await tx.media.holding(elsewhere.id) if elsewhere else [uploader] if uploader else []
        return not any(
            media.status is MediaStatus.PENDING and media.storage_key == listed.key
            for media in await tx.media.find_all(waiting)
        )

    async def _condemn(self, listed: ListedObject, store_id: StoreId, checksum: Checksum) -> None:
        async with self._begin() as tx:
            await tx.blobs.obtain(
                Blob.describe(
                    blob_id=BlobId(self._ids.new()),
                    store_id=store_id,
                    checksum=checksum,
                    key=listed.key,
                    size=listed.size,
                    content_type=_UNKNOWN,
                    now=self._clock.now(),
                )
            )
            await tx.commit()
