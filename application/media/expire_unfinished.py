from datetime import timedelta

from application.media.unfinished_uploads import UnfinishedUploads
from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory

_UPLOADS = 100
"""At one look."""


class ExpireUnfinished:
    """A pass of the sweeper; answers how many media that nobody has completed within the `window` it has failed."""

    def __init__(
        self, *, begin: UnitOfWorkFactory, unfinished: UnfinishedUploads, clock: Clock, window: timedelta
    ) -> None:
        self._begin = begin
        self._unfinished = unfinished
        self._clock = clock
        self._window = window

    async def __call__(self) -> int:
        async with self._begin() as tx:
            overdue = await tx.media.overdue_uploads(before=self._clock.now() - self._window, limit=_UPLOADS)
        return sum([await self._unfinished.expire(media_id) for media_id in overdue])
