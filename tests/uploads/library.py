"""A store's library under pressure: many that bring media, and those that take them away."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from application.attachments.delete_media import DeleteMedia
from application.attachments.entity_types import EntityTypes
from application.media.collect_blobs import CollectBlobs
from application.media.sweep_staging import SweepStaging
from application.ports.storage import MultipartUploads, ObjectStore
from domain.ids import MediaId, StoreId
from domain.media.blob import Blob
from domain.media.media import Media
from domain.media.object_keys import STAGING
from domain.principal import Principal, Role
from tests.application.media.sending import all_blobs, all_media
from tests.application.media_use_cases import UPLOAD_WINDOW, URL_LIFETIME
from tests.application.world import World, principal
from tests.builders import IDS, OWNER
from tests.deletion.killing import Executioner

GRACE = timedelta(hours=2)
A_MOMENT = timedelta(seconds=2)


class _Own:
    """Lists only what is of one store."""

    def __init__(self, whole: object, store_id: StoreId) -> None:
        self._whole = whole
        self._store_id = store_id

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._whole, name)
        if name not in {"listing", "opened"}:
            return found
        return lambda prefix: self._of_this_store(found(prefix))

    async def _of_this_store(self, listed: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in listed:
            if str(self._store_id) in each.key:
                yield each


class Library(World):
    """That of one store, whose objects no other test has."""

    def __init__(self, folder: Path, **options: Any) -> None:
        """`options` are those of World."""
        super().__init__(folder, **options)
        self.store_id = StoreId(IDS.new())
        self.patience = 0.02
        """Seconds after which somebody who does nothing is taken to wait for a lock."""

    @property
    def owner(self) -> Principal:
        return principal(OWNER, Role.OWNER, store=self.store_id)

    def seen_by(self, executioner: Executioner) -> "Library":
        """The same database and bucket, in a process that the executioner watches."""
        other = Library(Path("unused"), part_size=self.part_size)
        other.store_id, other.clock, other.ids = self.store_id, self.clock, self.ids
        other.begin = executioner.guard(self.begin)
        other.store = executioner.guard_store(self.store)
        other.multipart = cast("MultipartUploads", executioner.guard_store(cast("ObjectStore", self.multipart)))
        return other

    async def media(self) -> list[Media]:
        return await all_media(self)

    async def blobs(self) -> list[Blob]:
        return await all_blobs(self)

    async def objects(self) -> list[str]:
        """Keys of all that lies in the store for this library."""
        prefixes = (f"{self.store_id}/", f"{STAGING}{self.store_id}/")
        return [listed.key for prefix in prefixes for listed in [x async for x in self.store.listing(prefix)]]

    async def open_uploads(self) -> list[str]:
        opened = self.multipart.opened("")
        return [upload.key async for upload in opened if str(self.store_id) in upload.key]

    async def bytes_at(self, key: str) -> bytes:
        async with self.store.read(key) as chunks:
            return b"".join([chunk async for chunk in chunks])

    @cached_property
    def sweep_staging(self) -> SweepStaging:
        """Of this library alone: other tests may have theirs in the same bucket, and time runs faster here."""
        return SweepStaging(
            begin=self.begin,
            store=cast("ObjectStore", _Own(self.store, self.store_id)),
            uploads=cast("MultipartUploads", _Own(self.multipart, self.store_id)),
            clock=self.clock,
            patience=URL_LIFETIME,
        )

    # What takes media away.

    async def request_deletion(self, media_id: MediaId) -> None:
        async with self.begin() as tx:
            media = await tx.media.lock(media_id)
            assert media is not None
            media.request_deletion(now=self.now)
            await tx.media.save(media)
            await tx.commit()

    async def delete(self, media_id: MediaId) -> None:
        """As the deletion worker does."""
        delete = DeleteMedia(
            begin=self.begin,
            store=self.store,
            entity_types=EntityTypes([]),
            clock=self.clock,
            telemetry=self.telemetry,
            log=self.log,
        )
        await delete(media_id)

    async def collect(self) -> int:
        collect = CollectBlobs(
            begin=self.begin,
            store=self.store,
            clock=self.clock,
            grace=GRACE,
            telemetry=self.telemetry,
            log=self.log,
        )
        return await collect()

    async def sweep(self) -> None:
        """What runs anyway, until a day and more have passed."""
        for pause in (UPLOAD_WINDOW, URL_LIFETIME, GRACE):
            self.clock.advance(pause + A_MOMENT)
            await self.expire_unfinished()
            while await self.sweep_staging():
                pass
            await self.collect()
