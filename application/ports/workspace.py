from abc import abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from domain.errors import Unavailable


class WorkspaceFull(Unavailable):
    code = "WORKSPACE_FULL"

    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(f"the work folder has {free} bytes free, this file may need {needed}")


class Workspace(Protocol):
    """Local disk for the time of one attempt."""

    @abstractmethod
    def folder(self, name: str, *, needed: int) -> AbstractContextManager[Path]:
        """An empty folder, removed with all its content on leaving.

        Raises WorkspaceFull when fewer than `needed` bytes are free. What a killed process leaves
        behind is removed when the next one starts.
        """
