"""The deletion worker: ends every use of a media that may go, and then the media itself."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from application.attachments.entity_types import EntityTypes
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.attachments.attachment import Attachment, Place
from domain.attachments.errors import MediaProtected
from domain.errors import ConcurrentUpdate
from domain.ids import MediaId
from domain.media.media import GOING, Media
from domain.media.object_keys import renditions_of, staging_key

_PAGE = 500
"""Usages at a time: memory does not grow with their number."""
_TRIES = 3

Step: TypeAlias = Callable[[], None]
"""Called whenever something is done, for whoever watches that the work goes on."""


class DeleteMedia:
    """Answers whether the media is buried by this call; False of one that is buried, or that nobody asked to delete.

    Usages go in the order of `Attachment.place`, one transaction each: the owner lets go of the media, then the usage
    leaves the ledger. What is done stays done, so that after an end in the middle, or beside another worker at the same
    media, the same call goes on. Before the first, all are looked at: nothing is taken from a media that has to stay.

    Raises UnknownEntityType, MediaProtected, Unavailable, and whatever a consumer's handler does.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        entity_types: EntityTypes,
        clock: Clock,
        telemetry: Telemetry,
        log: Log,
    ) -> None:
        self._begin = begin
        self._store = store
        self._entity_types = entity_types
        self._clock = clock
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, media_id: MediaId, *, on_step: Step = lambda: None) -> bool:
        async with self._begin() as tx:
            media = await tx.media.find(media_id)
        if media is None or media.status not in GOING:
            return False
        await self._require_detachable(media_id)
        detached = 0
        async for usages in self._pages(media_id):
            for usage in usages:
                await self._detach(usage)
                on_step()
            detached += len(usages)
        await self._remove_objects(media)
        buried = await self._bury(media_id)
        if buried:
            self._telemetry.deletion_ended("deleted")
            self._log.info("deletion.done", media_id=media_id, store_id=media.store_id, usages=detached)
        return buried

    async def _pages(self, media_id: MediaId) -> AsyncIterator[Sequence[Attachment]]:
        last: Place | None = None
        while True:
            async with self._begin() as tx:
                usages = await tx.attachments.of_media(media_id, after=last, limit=_PAGE)
            if not usages:
                return
            yield usages
            last = usages[-1].place

    async def _require_detachable(self, media_id: MediaId) -> None:
        async with self._begin() as tx:
            used_by = await tx.attachments.entity_types_of(media_id)
        for name in used_by:
            self._entity_types.slots(name)
        protected = {name for name in used_by if self._entity_types.is_protected(name)}
        if protected:
            # None was there when the gatekeeper looked, and none can have come since: it was written past the ledger.
            uses = [use async for page in self._pages(media_id) for use in page if use.entity_type in protected]
            raise MediaProtected(media_id, uses)

    async def _detach(self, usage: Attachment) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self._begin() as tx:
                    await self._entity_types.detach(tx, usage, now=self._clock.now())
                    await tx.attachments.apply(added=[], removed=[usage])
                    await tx.commit()
            except ConcurrentUpdate:
                if not tries_left:
                    raise
            else:
                self._telemetry.usage_detached(usage.entity_type)
                return

    async def _remove_objects(self, media: Media) -> None:
        """All that lies in the store for this media alone, whoever has written it and however late."""
        async with self._begin() as tx:
            blob = await tx.blobs.lock(media.blob_id) if media.blob_id else None
        # Of an upload that ended half-way; what a blob names is the collector's.
        uploaded = [media.storage_key] if blob is not None and blob.key != media.storage_key else []
        renditions = [found.key async for found in self._store.listing(renditions_of(media.store_id, media.id))]
        await self._store.delete([staging_key(media.store_id, media.id), *uploaded, *renditions])

    async def _bury(self, media_id: MediaId) -> bool:
        now = self._clock.now()
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.status not in GOING:
                return False
            if (await tx.attachments.count([media_id]))[media_id]:
                raise ConcurrentUpdate(f"media {media_id} is used once more; begin again")
            blob = await tx.blobs.lock(media.blob_id) if media.blob_id else None
            media.resume_deletion(now=now)
            media.bury(blob, now=now)
            await tx.media.save(media)
            if blob is not None:
                await tx.blobs.save(blob)
            letter = await tx.dead_letters.lock_of_deletion(media_id)
            if letter is not None:
                letter.settle(now=now)
                await tx.dead_letters.save([letter])
            await tx.commit()
        return True
