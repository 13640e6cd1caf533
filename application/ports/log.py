from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Protocol


class Log(Protocol):
    """Structured lines: an event name and its facts."""

    @abstractmethod
    def info(self, event: str, **facts: object) -> None: ...

    @abstractmethod
    def warning(self, event: str, **facts: object) -> None: ...

    @abstractmethod
    def error(self, event: str, **facts: object) -> None: ...

    @abstractmethod
    def exception(self, event: str, **facts: object) -> None:
        """Within an `except` block: the traceback goes along."""

    @abstractmethod
    def bound(self, **facts: object) -> AbstractContextManager[None]:
        """Every line of this task within the block carries these facts, such as `batch_id`."""
