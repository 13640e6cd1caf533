"""The store tells that something derived of a media is gone: an alarm, and nothing else."""

from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.ports.telemetry import Telemetry
from application.storage.notification import StorageNotification
from application.storage.route_notification import CONSUMER
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.batches.object_keys import ObjectKind
from domain.media.media import Media
from domain.media.object_keys import media_of_rendition


class NoteRenditionRemoval:
    """Answers whether it is missed. What goes with its media, or was replaced, is not."""

    def __init__(
        self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, telemetry: Telemetry, log: Log
    ) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._log = log

    async def __call__(self, notification: StorageNotification) -> bool:
        key = notification.key
        async with self._begin() as tx:
            served = await _served(tx, key)
        if served is None or await self._store.head(key) is not None:
            return False
        async with self._begin() as tx:
            # The deletion worker may have removed it, between our question to the database and that to the store.
            media = await _served(tx, key)
            if media is None:
                return False
            if not await tx.processed_messages.first_time(CONSUMER, notification.identity, now=self._clock.now()):
                return False
            await tx.commit()
        self._telemetry.object_lost(ObjectKind.RENDITION)
        self._log.warning("object.lost", kind=ObjectKind.RENDITION, key=key, media_id=media.id, store_id=media.store_id)
        return True


async def _served(tx: UnitOfWork, key: str) -> Media | None:
    """The media that shows it."""
    media_id = media_of_rendition(key)
    media = await tx.media.find(media_id) if media_id is not None else None
    if media is None or not media.is_visible:
        return None
    return media if any(rendition.key == key for rendition in media.renditions) else None
