from application.ports.log import Log
from application.ports.storage import ObjectNotFound, ObjectStore
from domain.errors import Unavailable
from domain.media.blob import Blob
from domain.media.errors import MediaMismatch, MediaNotArrived
from domain.media.media import Media


class Staging:
    """Where bytes lie that are not yet under the key of their blob, known by the `storage_key` of a PENDING media."""

    def __init__(self, *, store: ObjectStore, log: Log) -> None:
        self._store = store
        self._log = log

    async def promote(self, media: Media, blob: Blob) -> None:
        """Copy what lies there for a PENDING media to the key of its blob. Raises MediaNotArrived, MediaMismatch,
        Unavailable.
        """
        try:
            copied = await self._store.copy(media.storage_key, blob.key, content_type=blob.content_type)
        except ObjectNotFound as error:
            raise MediaNotArrived(media.id) from error
        if not blob.is_there(copied.size, copied.checksum):
            await self._store.delete([blob.key])
            raise MediaMismatch("the file was replaced while it was looked at; upload it again")

    async def clear(self, media: Media, blob: Blob) -> None:
        """Remove what its upload may have left elsewhere than under the key of `blob`, which the media holds: for as
        long as it does, no other blob comes to lie there. Raises Unavailable.
        """
        if media.storage_key != blob.key:
            await self._store.delete([media.storage_key])

    async def forget(self, key: str) -> None:
        """The sweeper does it later, if this fails."""
        try:
            await self._store.delete([key])
        except Unavailable as error:
            self._log.warning("media.staged_object_left", key=key, detail=error.detail)
