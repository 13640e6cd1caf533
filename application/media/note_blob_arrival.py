"""The store tells of bytes that have come: perhaps somebody has put back what was lost."""

from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.ports.storage import ObjectStore
from application.storage.notification import StorageNotification
from application.unit_of_work import UnitOfWorkFactory


class NoteBlobArrival:
    """Answers whether a media is out of quarantine by it. The store is asked, and only where a media awaits that."""

    def __init__(self, *, begin: UnitOfWorkFactory, store: ObjectStore, release: ReleaseFromQuarantine) -> None:
        self._begin = begin
        self._store = store
        self._release = release

    async def __call__(self, notification: StorageNotification) -> bool:
        async with self._begin() as tx:
            blob = await tx.blobs.at(notification.key)
            quarantined = await tx.media.quarantined(blob.id) if blob else []
        if blob is None or not quarantined:
            return False
        found = await self._store.head(blob.key)
        if found is None or not blob.is_there(found.size, found.checksum):
            return False
        return await self._release(blob.id) > 0
