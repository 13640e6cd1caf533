"""How bytes become a media's. Every step may be repeated after a crash."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from application.media.derivative_planner import DerivativePlanner
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.storage import ObjectStore
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.rendition import MediaFacts
from domain.checksum import Checksum
from domain.ids import BlobId, MediaId
from domain.media.blob import Blob, BlobBeingCollected
from domain.media.content_class import served_as
from domain.media.errors import MediaNotFound
from domain.media.media import Media
from domain.media.object_keys import blob_key


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBytes:
    """Of which all is known. `key` is where they lie or are to lie, should the store not have them yet; None for under
    their hash.
    """

    checksum: Checksum
    size: int
    mime_type: str
    facts: MediaFacts | None
    key: str | None = None


Write: TypeAlias = Callable[[Blob], Awaitable[object]]
"""Brings the bytes to the key of the blob. Called where they do not lie there yet."""


class Arrival(Protocol):
    """What somebody does with a media at the moment of its arrival: all of it takes place, or nothing. What either
    step raises ends the upload, and nothing stays of it.
    """

    @abstractmethod
    async def before(self, tx: UnitOfWork) -> None:
        """Lock what comes before media, and say whether they are wanted still. Asked before anything is written too."""

    @abstractmethod
    async def after(self, tx: UnitOfWork, media: Media) -> None:
        """It is UPLOADED and saved."""


class _Alone(Arrival):
    async def before(self, tx: UnitOfWork) -> None:
        """Nobody awaits it."""

    async def after(self, tx: UnitOfWork, media: Media) -> None:
        """As before."""


ALONE = _Alone()

_WHILE_COLLECTED = (0.05, 0.2, 0.5, 1.0)
"""Seconds between tries at a blob that is just being removed, which takes a moment."""


class PromoteMedia:
    """From PENDING to UPLOADED.

    The media takes hold of the blob first, in a transaction of its own: from then on no collector removes the bytes.
    Then the store is asked, and the object is written if it is not there: another media may have brought the same
    bytes, or a collector may just have removed them. The media arrives in a second transaction, with its events and
    the work that it asks for.

    Raises MediaNotFound, MediaNotPending, Unavailable, and what `write` and `arrival` raise. The hold stays then, for
    the next attempt.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        planner: DerivativePlanner,
        release: ReleaseFromQuarantine,
        clock: Clock,
        ids: Ids,
        media_url: str,
    ) -> None:
        """`media_url` is the address of all media in the API."""
        self._begin = begin
        self._store = store
        self._planner = planner
        self._release = release
        self._clock = clock
        self._ids = ids
        self._media_url = media_url

    async def __call__(
        self, media_id: MediaId, verified: VerifiedBytes, write: Write, *, arrival: Arrival = ALONE
    ) -> Media:
        blob = await self._take_hold(media_id, verified, arrival)
        stored = await self._store.head(blob.key)
        if stored is None or not blob.is_there(stored.size, stored.checksum):
            await write(blob)
        if blob.holders > 1:
            # Others hold these bytes, and may have been without them.
            await self._release(blob.id)
        return await self._arrive(media_id, blob, verified, arrival)

    async def _take_hold(self, media_id: MediaId, verified: VerifiedBytes, arrival: Arrival) -> Blob:
        for pause in _WHILE_COLLECTED:
            with suppress(BlobBeingCollected):
                return await self._hold(media_id, verified, arrival)
            await asyncio.sleep(pause)
        return await self._hold(media_id, verified, arrival)

    async def _hold(self, media_id: MediaId, verified: VerifiedBytes, arrival: Arrival) -> Blob:
        now = self._clock.now()
        async with self._begin() as tx:
            await arrival.before(tx)
            media = await tx.media.lock(media_id)
            if media is None:
                raise MediaNotFound(media_id)
            media.require_pending()
            blob = await tx.blobs.obtain(
                Blob.describe(
                    blob_id=BlobId(self._ids.new()),
                    store_id=media.store_id,
                    checksum=verified.checksum,
                    key=verified.key or blob_key(media.store_id, verified.checksum),
                    size=verified.size,
                    content_type=served_as(verified.mime_type),
                    now=now,
                )
            )
            blob.correct_size(verified.size)
            media.hold(blob, now=now)
            await tx.blobs.save(blob)
            await tx.media.save(media)
            await tx.commit()
        return blob

    async def _arrive(self, media_id: MediaId, blob: Blob, verified: VerifiedBytes, arrival: Arrival) -> Media:
        now = self._clock.now()
        async with self._begin() as tx:
            await arrival.before(tx)
            media = await tx.media.lock(media_id)
            if media is None:
                raise MediaNotFound(media_id)
            url = f"{self._media_url}/{media_id}"
            media.arrive(blob, mime_type=verified.mime_type, facts=verified.facts, url=url, now=now)
            if not await self._planner.schedule(tx, media, now=now):
                media.ready(facts=None, renditions=(), now=now)
            await tx.media.save(media)
            await arrival.after(tx, media)
            await tx.commit()
        return media
