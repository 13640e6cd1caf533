"""How work of one sort is begun and done. That it is leased, tried again and given up on is the same for all."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from application.processing.lease_keeper import Lease
from application.unit_of_work import UnitOfWork
from domain.jobs.task import Stage, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedTask:
    """`trace` are headers that stand for the request behind the work, for a worker that was led here by no message.

    Each sort of work adds what must be known to do it.
    """

    task: Task
    trace: Mapping[str, str]


Claim = TypeVar("Claim", bound=ClaimedTask)
Result_co = TypeVar("Result_co", covariant=True)


class TaskHandler(Protocol[Claim, Result_co]):
    first_stage: Stage
    last_stage: Stage | None
    """What storing the result is; None where that is no stage of its own."""

    @abstractmethod
    async def claim(self, tx: UnitOfWork, task: Task, *, now: datetime) -> Claim | None:
        """Within the transaction that has claimed the task. None when there is nothing left to do."""

    @abstractmethod
    async def begin(self, claim: Claim) -> None:
        """Once the claim is committed, and before the work."""

    @abstractmethod
    async def attempt(self, claim: Claim, lease: Lease) -> Result_co:
        """The work itself, with no transaction open. Raises MediaRejected, Unavailable."""
