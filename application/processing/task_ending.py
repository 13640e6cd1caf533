"""What work of one sort means when it ends, well or badly."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.jobs.task import Task

AfterCommit: TypeAlias = Callable[[], Awaitable[None]]

Locked = TypeVar("Locked")
Result_contra = TypeVar("Result_contra", contravariant=True)


class TaskEnding(Protocol[Locked, Result_contra]):
    @abstractmethod
    async def lock(self, tx: UnitOfWork, task: Task) -> Locked | None:
        """What the end of the task changes, and what must be locked before it. None when that is gone."""

    @abstractmethod
    def trace_of(self, locked: Locked) -> Mapping[str, str]:
        """Headers that stand for the request behind the work."""

    @abstractmethod
    async def end(
        self, tx: UnitOfWork, locked: Locked, task: Task, result: Result_contra | Failure, *, dead: bool, now: datetime
    ) -> AfterCommit | None:
        """Store the result and end the task, which is locked too. `dead` when the failure is that all attempts are
        spent. Answers what is left to do once the transaction is committed.
        """
