"""Facts that aggregates record and the outbox carries out of the transaction."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(ABC):
    """Something that happened, in the past tense.

    `type` is the CloudEvents type. `key` orders delivery: events with one key arrive
    in the order in which they were recorded.
    """

    type: ClassVar[str]
    occurred_at: datetime

    @property
    @abstractmethod
    def key(self) -> UUID: ...


@dataclass(slots=True, kw_only=True)
class Aggregate:
    """A cluster of state that changes as a whole, guarded by `version`.

    `version` is 0 until the first save; a repository raises `ConcurrentUpdate` when the
    stored version is no longer the one that was read.
    """

    version: int = 0
    _recorded: list[Event] = field(default_factory=list, compare=False, repr=False)

    def record(self, event: Event) -> None:
        self._recorded.append(event)

    def pull_events(self) -> list[Event]:
        """Hand over what was recorded since the last call, oldest first."""
        events, self._recorded = self._recorded, []
        return events
