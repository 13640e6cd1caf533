from abc import abstractmethod
from typing import Protocol


class Part(Protocol):
    """Something that works in the background of a process."""

    @abstractmethod
    async def run(self) -> None:
        """Until `stop`; then finish what is at hand. Cancelled, give it back at once."""

    @abstractmethod
    def stop(self) -> None:
        """Take nothing new. May be repeated."""
