from application.ports.log import Log
from application.ports.storage import ObjectChanged, ObjectNotFound, ObjectStore
from domain.errors import Unavailable
from domain.media.blob import Blob
from domain.media.errors import MediaMismatch, MediaNotArrived
from domain.media.media import Media

_REPLACED = "the file was replaced while it was looked at; upload it again"


class Staging:
    """Where bytes lie that are not yet under the key of their blob, known by the `storage_key` of a PENDING media."""

    def __init__(self, *, store: ObjectStore, log: Log) -> None:
        self._store = store
        self._log = log

    async def promote(self, media: Media, etag: str | None, blob: Blob) -> None:
        """Copy what lies there for a PENDING media to the key of its blob. `etag` is that of the object that was
        proved to be these bytes; None where nobody else can put others there. Raises MediaNotArrived, MediaMismatch,
        Unavailable.
        """
        try:
            copied = await self._store.copy(media.storage_key, blob.key, content_type=blob.content_type, if_match=etag)
        except ObjectNotFound as error:
            raise MediaNotArrived(media.id) from error
        except ObjectChanged as error:
            raise MediaMismatch(_REPLACED) from error
        if not blob.is_there(copied.size, copied.checksum):
            # Of a store that minds no ETag. By now a good object may lie there, that others have brought: it stays.
            raise MediaMismatch(_REPLACED)

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
