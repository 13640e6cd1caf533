"""A clock that goes only when it is told to."""

from datetime import UTC, datetime, timedelta

from application.ports.clock import Clock


class ManualClock(Clock):
    """Starts at `start`, which must carry a time zone, and stays there until it is moved."""

    def __init__(self, start: datetime = datetime(2025, 1, 1, tzinfo=UTC)) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on and say what time it is then. Raises ValueError rather than run backwards."""
        if by < timedelta():
            raise ValueError(f"time does not run backwards: {by}")
        self._now += by
        return self._now
