"""The store tells that the bytes of media are gone: the second way in to their deletion."""

from enum import Enum, auto

from application.attachments.entity_types import EntityTypes
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.storage.notification import StorageNotification
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus


class _Outcome(Enum):
    LEFT_ALONE = auto()
    TO_BE_DELETED = auto()
    QUARANTINED = auto()


class NoteBlobRemoval:
    """Answers whether any media was concerned.

    The store is asked. If the bytes are really gone, each media that has had them takes the way of a deletion that the
    gatekeeper has let pass; one with a protected use is never detached: it is quarantined, and that is an alarm. What
    the collector has removed concerns nobody. May be repeated: the media themselves tell what is done.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        entity_types: EntityTypes,
        release: ReleaseFromQuarantine,
        clock: Clock,
        telemetry: Telemetry,
        log: Log,
    ) -> None:
        self._begin = begin
        self._store = store
        self._entity_types = entity_types
        self._release = release
        self._clock = clock
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, notification: StorageNotification) -> bool:
        async with self._begin() as tx:
            blob = await tx.blobs.at(notification.key)
            concerned = await _with_bytes(tx, blob) if blob else []
        if blob is None or not concerned:
            return False
        found = await self._store.head(blob.key)
        if found is not None:
            # An earlier delivery may have come no further than the quarantine.
            if blob.is_there(found.size, found.checksum):
                await self._release(blob.id)
            return False
        outcomes = {await self._lose(media_id, blob) for media_id in concerned}
        # An upload of the same bytes may have come between the question and the quarantine.
        if _Outcome.QUARANTINED in outcomes and await self._store.head(blob.key) is not None:
            await self._release(blob.id)
        return outcomes != {_Outcome.LEFT_ALONE}

    async def _lose(self, media_id: MediaId, blob: Blob) -> _Outcome:
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.blob_id != blob.id or not media.is_visible:
                return _Outcome.LEFT_ALONE
            outcome = await self._decide(tx, media)
            if outcome is not _Outcome.LEFT_ALONE:
                await tx.media.save(media)
                await tx.commit()
        if outcome is _Outcome.QUARANTINED:
            self._telemetry.object_lost("media")
            self._log.error("media.quarantined", media_id=media_id, store_id=media.store_id, key=blob.key)
        elif outcome is _Outcome.TO_BE_DELETED:
            self._log.warning("media.bytes_removed", media_id=media_id, store_id=media.store_id, key=blob.key)
        return outcome

    async def _decide(self, tx: UnitOfWork, media: Media) -> _Outcome:
        """Nobody attaches the media meanwhile: it is locked."""
        now = self._clock.now()
        used_by = await tx.attachments.entity_types_of(media.id)
        if any(self._entity_types.is_protected(name) for name in used_by):
            return _Outcome.QUARANTINED if media.quarantine(now=now) else _Outcome.LEFT_ALONE
        media.request_deletion(now=now)
        return _Outcome.TO_BE_DELETED


async def _with_bytes(tx: UnitOfWork, blob: Blob) -> list[MediaId]:
    """Those that hold the blob and counted on its bytes before the store was asked. One that is PENDING has yet to look
    for them, and writes them itself.
    """
    holders = [await tx.media.find(media_id) for media_id in await tx.media.holding(blob.id)]
    return [
        media.id
        for media in holders
        if media is not None and media.is_visible and media.status is not MediaStatus.PENDING
    ]
