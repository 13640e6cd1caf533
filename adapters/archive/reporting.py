from time import monotonic

from application.ports.decoding import Progress

_SECONDS_BETWEEN = 0.5


class Reporter:
    """Passes progress on, twice a second at most."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._last = monotonic()

    async def advance(self, by: int) -> None:
        self._done += by
        if monotonic() - self._last >= _SECONDS_BETWEEN:
            self._last = monotonic()
            await self._progress(min(1.0, self._done / self._total))
