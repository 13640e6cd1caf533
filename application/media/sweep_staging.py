"""What lies below `staging/` and no upload waits for: left there by clients, by processes that died, and by PUTs that
ended late.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from application.ports.clock import Clock
from application.ports.storage import MultipartUploads, ObjectStore
from application.unit_of_work import UnitOfWorkFactory
from domain.media.object_keys import STAGING, staged_media

_LOOKED_AT = 5_000
"""At one pass; the next goes on behind them."""

Item = TypeVar("Item")


class SweepStaging:
    """A pass of the sweeper; answers how many objects and open uploads it has removed. Any number may run at once.

    Only what is older than `patience` is looked at, which is longer than a signed PUT lives: what arrives after a pass
    is met by a later one. What a PENDING media names stays. Raises Unavailable.
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
        self._open = _Rounds(lambda: uploads.opened(STAGING))

    async def __call__(self) -> int:
        before = self._clock.now() - self._patience
        objects = [listed.key for listed in await self._objects.next() if listed.modified_at < before]
        opened = [upload for upload in await self._open.next() if upload.began_at < before]
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
        owners = {key: staged_media(key) for key in keys}
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
