"""What uploads have left in the store and no media waits for: of clients that never came back, of processes that died,
and of PUTs that ended late.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from application.ports.clock import Clock
from application.ports.storage import MultipartUploads, ObjectStore
from application.unit_of_work import UnitOfWorkFactory
from domain.media.object_keys import STAGING, direct_media, is_blob, staged_media

_LOOKED_AT = 5_000
"""At one pass; the next goes on behind them."""
_LONGEST_UPLOAD = timedelta(hours=2)
"""No direct upload takes longer."""

Item = TypeVar("Item")


class SweepStaging:
    """A pass of the sweeper; answers how many objects and open uploads it has removed. Any number may run at once.

    Of objects below `staging/` those that are older than `patience`, which is longer than a signed PUT lives: what
    arrives after a pass is met by a later one. Of uploads in parts, there and to where bytes belong, those that are
    older than any may be. What a PENDING media names stays. Raises Unavailable.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        uploads: MultipartUploads,
        clock: Clock,
        patience: timedelta,
    ) -> None:
        self._begin = begin
        self._store = store
        self._uploads = uploads
        self._clock = clock
        self._patience = patience
        self._objects = _Rounds(lambda: store.listing(STAGING))
        self._open = _Rounds(lambda: uploads.opened(""))

    async def __call__(self) -> int:
        now = self._clock.now()
        objects = [listed.key for listed in await self._objects.next() if listed.modified_at < now - self._patience]
        opened = [
            upload
            for upload in await self._open.next()
            if upload.began_at < now - _LONGEST_UPLOAD and (upload.key.startswith(STAGING) or is_blob(upload.key))
        ]
        unnamed = await self._unnamed({*objects, *(upload.key for upload in opened)})
        abandoned = [upload for upload in opened if upload.key in unnamed]
        for upload in abandoned:
            await self._uploads.abort(upload.key, upload_id=upload.upload_id)
        left = [key for key in objects if key in unnamed]
        if left:
            await self._store.delete(left)
        return len(abandoned) + len(left)

    async def _unnamed(self, keys: Collection[str]) -> Collection[str]:
        """Those that no media waits for."""
        owners = {key: staged_media(key) or direct_media(key) for key in keys}
        named = [media_id for media_id in owners.values() if media_id is not None]
        if not named:
            return keys
        async with self._begin() as tx:
            pending = await tx.media.pending_among(named)
        return {key for key, media_id in owners.items() if media_id not in pending}


class _Rounds(Generic[Item]):
    """Goes through a listing a piece at a time, and then from its start again."""

    def __init__(self, begin: Callable[[], AsyncIterator[Item]]) -> None:
        self._begin = begin
        self._items = begin()

    async def next(self) -> Sequence[Item]:
        found: list[Item] = []
        try:
            while len(found) < _LOOKED_AT:
                found.append(await anext(self._items))
        except StopAsyncIteration:
            self._items = self._begin()
        return found
