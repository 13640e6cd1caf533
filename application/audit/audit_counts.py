"""Media and blobs against what is counted of them."""

from collections.abc import AsyncIterator

from application.audit.finding import Drift, Finding
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import BlobId, MediaId
from domain.media.media import ATTACHABLE, Media

_ROWS = 1_000
"""At one look."""


class AuditCounts:
    """What looks wrong is looked at again with the row locked."""

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self, *, repair: bool) -> AsyncIterator[Finding]:
        async for finding in self._media(repair=repair):
            yield finding
        async for finding in self._blobs(repair=repair):
            yield finding

    async def _media(self, *, repair: bool) -> AsyncIterator[Finding]:
        after: MediaId | None = None
        while True:
            async with self._begin() as tx:
                page = await tx.census.media_page(after=after, limit=_ROWS)
            for counted in page:
                if counted.uses != counted.media.usage_count:
                    finding = await self._miscounted_media(counted.media.id, repair=repair)
                    if finding is not None:
                        yield finding
                if counted.media.status in ATTACHABLE and counted.media.blob_id is None:
                    yield _without_blob(counted.media)
            if len(page) < _ROWS:
                return
            after = page[-1].media.id

    async def _miscounted_media(self, media_id: MediaId, *, repair: bool) -> Finding | None:
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            uses = (await tx.attachments.count([media_id]))[media_id]
            if media is None or media.usage_count == uses:
                return None
            if repair:
                await tx.census.recount_uses(media_id)
                await tx.commit()
        return Finding(
            drift=Drift.USAGE_COUNT,
            detail=f"it counts {media.usage_count} usages, the ledger has {uses}",
            store_id=media.store_id,
            media_id=media_id,
            repaired=repair,
        )

    async def _blobs(self, *, repair: bool) -> AsyncIterator[Finding]:
        after: str | None = None
        while True:
            async with self._begin() as tx:
                page = await tx.census.blob_page(after=after, limit=_ROWS)
            for counted in page:
                if counted.holders != counted.blob.holders:
                    finding = await self._miscounted_blob(counted.blob.id, repair=repair)
                    if finding is not None:
                        yield finding
            if len(page) < _ROWS:
                return
            after = page[-1].blob.key

    async def _miscounted_blob(self, blob_id: BlobId, *, repair: bool) -> Finding | None:
        async with self._begin() as tx:
            blob = await tx.blobs.lock(blob_id)
            if blob is None or (holders := await tx.census.count_holders(blob_id)) == blob.holders:
                return None
            counted = blob.holders
            if repair:
                blob.recount(holders, now=self._clock.now())
                await tx.blobs.save(blob)
                await tx.commit()
        return Finding(
            drift=Drift.HOLDER_COUNT,
            detail=f"it counts {counted} media, {holders} hold it",
            store_id=blob.store_id,
            blob_id=blob_id,
            key=blob.key,
            repaired=repair,
        )


def _without_blob(media: Media) -> Finding:
    return Finding(
        drift=Drift.MISSING_BLOB,
        detail=f"it is {media.status}, and holds no bytes",
        store_id=media.store_id,
        media_id=media.id,
        key=media.storage_key,
    )
