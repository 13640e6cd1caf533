from abc import abstractmethod
from typing import Protocol


class Randomness(Protocol):
    @abstractmethod
    def jitter(self) -> float:
        """A number from 0.0 to 1.0, unpredictable enough to spread retries."""
