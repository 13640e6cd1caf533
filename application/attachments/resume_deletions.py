"""Deletions that got stuck are begun again."""

from collections.abc import Sequence
from datetime import timedelta

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.media import GOING

_MEDIA = 100
"""At one look."""
_LONGEST_PAUSE = timedelta(days=1)


class ResumeDeletions:
    """A pass of the sweeper; answers for how many media it has called the deletion worker again. Any number may run at
    once.

    Those of which the worker was told `pause` ago and which are still there, whether the call was lost or the worker
    has given up; each time after twice as long, up to a day.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, pause: timedelta) -> None:
        self._begin = begin
        self._clock = clock
        self._pauses = _growing(pause)

    async def __call__(self) -> int:
        async with self._begin() as tx:
            stuck = await tx.media.unfinished_deletions(now=self._clock.now(), pauses=self._pauses, limit=_MEDIA)
        return sum([await self._resume(media_id) for media_id in stuck])

    async def _resume(self, media_id: MediaId) -> bool:
        now = self._clock.now()
        async with self._begin() as tx:
            media = await tx.media.lock(media_id)
            # Somebody may have been faster.
            if media is None or media.status not in GOING or media.updated_at >= now - self._pauses[0]:
                return False
            media.call_deletion_worker(now=now)
            await tx.media.save(media)
            await tx.commit()
        return True


def _growing(pause: timedelta) -> Sequence[timedelta]:
    pauses = [pause]
    while pauses[-1] < _LONGEST_PAUSE:
        pauses.append(min(2 * pauses[-1], _LONGEST_PAUSE))
    return pauses
