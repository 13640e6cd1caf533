"""The store tells that the bytes of media are gone: the second way in to their deletion."""

from enum import Enum, auto

from application.attachments.entity_types import EntityTypes
from application.media.blob_holders import BlobHolders, UploadUnderWay
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.storage.notification import StorageNotification
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.blob import Blob
from domain.media.media import Media

_LOOKS = 4
"""Whenever somebody has brought these bytes, or may have, since the store was asked, it is asked again."""


class _Outcome(Enum):
    LEFT_ALONE = auto()
    TO_BE_DELETED = auto()
    QUARANTINED = auto()
    OVERTAKEN = auto()
    """Nothing was decided: the bytes may lie there again."""


class NoteBlobRemoval:
    """Answers whether any media was concerned.

    The store is asked. If the bytes are really gone, each media that has had them takes the way of a deletion that the
    gatekeeper has let pass; one with a protected use is never detached: it is quarantined, and that is an alarm. What
    the collector has removed concerns nobody. May be repeated: the media themselves tell what is done.

    Nothing is decided once somebody may have brought the bytes since the store was asked. Raises UploadUnderWay while
    somebody is at that, and Unavailable.
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
        outcomes: set[_Outcome] = set()
        for _ in range(_LOOKS):
            async with self._begin() as tx:
                blob = await tx.blobs.at(notification.key)
                holders = await BlobHolders.of(tx, blob) if blob else None
            last = await self._end_all(holders) if holders and holders.arrived else set()
            outcomes |= last
            if _Outcome.OVERTAKEN not in last:
                return bool(outcomes & {_Outcome.TO_BE_DELETED, _Outcome.QUARANTINED})
        raise UploadUnderWay(notification.key)

    async def _end_all(self, holders: BlobHolders) -> set[_Outcome]:
        """One by one, until somebody overtakes it."""
        blob, outcomes = holders.blob, set[_Outcome]()
        if await self._is_there_after_all(blob):
            return outcomes
        holders.require_nobody_writes(now=self._clock.now())
        for media_id in holders.arrived:
            outcomes.add(await self._end(media_id, holders))
            if _Outcome.OVERTAKEN in outcomes:
                return outcomes
        if _Outcome.QUARANTINED in outcomes:
            # Somebody may have put them back past us, between the question and the quarantine.
            await self._is_there_after_all(blob)
        return outcomes

    async def _is_there_after_all(self, blob: Blob) -> bool:
        """An object: if it is the right one, it ends quarantines too, that of an earlier delivery among them."""
        found = await self._store.head(blob.key)
        if found is not None and blob.is_there(found.size, found.checksum):
            await self._release(blob.id)
        return found is not None

    async def _end(self, media_id: MediaId, holders: BlobHolders) -> _Outcome:
        blob = holders.blob
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            if media is None or media.blob_id != blob.id or not media.is_visible:
                return _Outcome.LEFT_ALONE
            if not await holders.are_the_same(tx):
                return _Outcome.OVERTAKEN
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
