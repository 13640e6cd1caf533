"""Whether the loops of this process still come round."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TypeAlias

Beat: TypeAlias = Callable[[], None]
"""To be called at every round."""


class Loops:
    """A loop that hangs shows itself by nothing else: the process lives, and nothing moves."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._watching = True

    def watch(self, name: str) -> Beat:
        """From now on `name` is expected to come round."""

        def beat() -> None:
            self._last[name] = monotonic()

        beat()
        return beat

    def beat_of(self, name: str) -> Beat:
        """For steps within `at_work(name)`. Outside of it nothing is expected, and nothing happens."""

        def beat() -> None:
            if name in self._last:
                self._last[name] = monotonic()

        return beat

    @contextmanager
    def at_work(self, name: str) -> Iterator[Beat]:
        """`name` is expected to come round within the block, and not outside of it."""
        beat = self.watch(name)
        try:
            yield beat
        finally:
            self._last.pop(name, None)

    def let_go(self) -> None:
        """The process is ending: one after the other they fall silent, and that is as it should be."""
        self._watching = False

    def ages(self) -> Mapping[str, float]:
        """Seconds since each came round."""
        if not self._watching:
            return {}
        now = monotonic()
        return {name: now - last for name, last in self._last.items()}

    def silent(self, longer_than: timedelta) -> Sequence[str]:
        return [name for name, age in self.ages().items() if age > longer_than.total_seconds()]
