from abc import abstractmethod
from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    @abstractmethod
    def new(self) -> UUID:
        """A fresh UUID of version 7: later ones sort after earlier ones."""
