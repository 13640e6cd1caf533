"""Blobs and media against the bucket, both ways."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from application.audit.finding import Drift, Finding
from application.audit.orphan_objects import OrphanObjects
from application.media.blob_holders import UploadUnderWay
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.storage import ListedObject, ObjectStore
from application.storage.notification import ObjectChange, StorageNotification
from application.storage.route_notification import TakeNotification
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import BlobId, MediaId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import is_blob, media_of_rendition, staged_media

_ROWS = 1_000
"""At one look."""
_RENDITION_AGE = timedelta(days=1)
"""A worker has committed what it made long before."""
_STAGING_AGE = timedelta(days=2)
"""No signed upload lives as long."""


class AuditBytes:
    """Walks the listing of the bucket and the rows of blobs side by side, in the order of keys; neither is in memory as
    a whole. What looks wrong is looked at again, row and object.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, ids: Ids, removed: TakeNotification
    ) -> None:
        """`removed` is what is done when the store tells that an object of ours is gone."""
        self._begin = begin
        self._store = store
        self._clock = clock
        self._orphans = OrphanObjects(begin=begin, store=store, clock=clock, ids=ids)
        self._removed = removed

    async def __call__(self, *, repair: bool) -> AsyncIterator[Finding]:
        async for finding in self._blobs(repair=repair):
            yield finding
        async for finding in self._others(repair=repair):
            yield finding

    async def _blobs(self, *, repair: bool) -> AsyncIterator[Finding]:
        rows = self._rows()
        row = await anext(rows, None)
        async for listed in self._store.listing(""):
            if not is_blob(listed.key):
                continue
            while row is not None and row.key < listed.key:
                if finding := await self._without_object(row.id, repair=repair):
                    yield finding
                row = await anext(rows, None)
            if row is None or row.key != listed.key:
                if finding := await self._orphans.look(listed, repair=repair):
                    yield finding
                continue
            if row.size != listed.size:
                yield _wrong_size(row, listed)
            row = await anext(rows, None)
        while row is not None:
            if finding := await self._without_object(row.id, repair=repair):
                yield finding
            row = await anext(rows, None)

    async def _rows(self) -> AsyncIterator[Blob]:
        after: str | None = None
        while True:
            async with self._begin() as tx:
                page = await tx.census.blob_page(after=after, limit=_ROWS)
            for counted in page:
                yield counted.blob
            if len(page) < _ROWS:
                return
            after = page[-1].blob.key

    async def _without_object(self, blob_id: BlobId, *, repair: bool) -> Finding | None:
        """One that nobody holds is being collected, and one that was only just taken hold of is being written."""
        async with self._begin() as tx:
            blob = await tx.blobs.lock(blob_id)
            holding = await tx.media.holding(blob_id) if blob else []
            media = await tx.media.find_all(holding)
        arrived = [each for each in media if each.status is not MediaStatus.PENDING]
        if blob is None or not arrived or await self._store.head(blob.key) is not None:
            return None
        repaired = repair and await self._raise_alarm(blob)
        return Finding(
            drift=Drift.MISSING_OBJECT,
            detail=f"{len(arrived)} media hold it, and there is no such object",
            store_id=blob.store_id,
            blob_id=blob.id,
            key=blob.key,
            repaired=repaired,
        )

    async def _raise_alarm(self, blob: Blob) -> bool:
        try:
            await self._removed(self._as_told_by_the_store(blob))
        except UploadUnderWay:
            # The next audit sees whether they have come.
            return False
        return True

    def _as_told_by_the_store(self, blob: Blob) -> StorageNotification:
        now = self._clock.now()
        return StorageNotification(
            change=ObjectChange.REMOVED,
            bucket="",
            key=blob.key,
            size=None,
            etag=None,
            at=now,
            identity=f"audit {blob.key} {now.isoformat()}",
        )

    async def _others(self, *, repair: bool) -> AsyncIterator[Finding]:
        """Renditions and uploads that nobody knows."""
        batch: list[ListedObject] = []
        async for listed in self._store.listing(""):
            if media_of_rendition(listed.key) or staged_media(listed.key):
                batch.append(listed)
            if len(batch) >= _ROWS:
                for finding in await self._unknown(batch, repair=repair):
                    yield finding
                batch = []
        for finding in await self._unknown(batch, repair=repair):
            yield finding

    async def _unknown(self, batch: Sequence[ListedObject], *, repair: bool) -> Sequence[Finding]:
        owners = {each.key: media_of_rendition(each.key) or staged_media(each.key) for each in batch}
        async with self._begin() as tx:
            found = await tx.media.find_all({owner for owner in owners.values() if owner is not None})
        media: dict[MediaId, Media] = {each.id: each for each in found}
        now = self._clock.now()
        findings = []
        for listed in batch:
            owner_id = owners[listed.key]
            owner = media.get(owner_id) if owner_id else None
            drift = _drift(listed, owner, age=now - listed.modified_at)
            if drift is not None:
                findings.append(
                    Finding(
                        drift=drift,
                        detail=f"{listed.size} bytes that nobody waits for or serves",
                        store_id=owner.store_id if owner else None,
                        media_id=owner_id,
                        key=listed.key,
                        repaired=repair,
                    )
                )
        if repair and findings:
            await self._store.delete([finding.key for finding in findings if finding.key is not None])
        return findings


def _drift(listed: ListedObject, owner: Media | None, *, age: timedelta) -> Drift | None:
    if staged_media(listed.key) is not None:
        awaited = owner is not None and owner.status is MediaStatus.PENDING
        return Drift.STALE_STAGING if not awaited and age > _STAGING_AGE else None
    served = owner is not None and any(rendition.key == listed.key for rendition in owner.renditions)
    return Drift.ORPHAN_RENDITION if not served and age > _RENDITION_AGE else None


def _wrong_size(blob: Blob, listed: ListedObject) -> Finding:
    return Finding(
        drift=Drift.WRONG_SIZE,
        detail=f"the blob has {blob.size} bytes, the object {listed.size}",
        store_id=blob.store_id,
        blob_id=blob.id,
        key=blob.key,
    )
