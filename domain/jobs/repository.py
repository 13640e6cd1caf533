from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.ids import BatchId, JobId, TaskId
from domain.jobs.job import Job
from domain.jobs.task import Stage, Task, TaskKind


class Jobs(Protocol):
    """All runs of all batches."""

    @abstractmethod
    async def find(self, job_id: JobId) -> Job | None: ...

    @abstractmethod
    async def lock(self, job_id: JobId) -> Job | None:
        """As `find`, and nobody else changes or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, job: Job) -> None:
        """Insert (version 0) or update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def of_batch(self, batch_id: BatchId) -> Sequence[Job]:
        """The history, oldest first."""

    @abstractmethod
    async def unanswered(self, *, before: datetime, limit: int) -> Sequence[JobId]:
        """EXTERNAL jobs created before that have not ended, oldest first."""


class Tasks(Protocol):
    """All tasks of all jobs."""

    @abstractmethod
    async def add(self, tasks: Sequence[Task]) -> None:
        """Insert new tasks, all in one round trip."""

    @abstractmethod
    async def find(self, task_id: TaskId) -> Task | None: ...

    @abstractmethod
    async def lock(self, task_id: TaskId) -> Task | None:
        """As `find`, and nobody else changes, claims or locks it before this transaction ends."""

    @abstractmethod
    async def save(self, task: Task) -> None:
        """Update. Raises ConcurrentUpdate."""

    @abstractmethod
    async def of_job(self, job_id: JobId) -> Sequence[Task]:
        """By id."""


class Leases(Protocol):
    """Who works on what. Each call is one statement, so that claiming costs the same however many tasks there are."""

    @abstractmethod
    async def claim(self, task_id: TaskId, *, worker: str, lease: timedelta, now: datetime) -> Task | None:
        """Take a PENDING task that is available at `now`: LEASED, `attempt` one higher. None when it is not to be had.

        Of any number of callers at once one gets it.
        """

    @abstractmethod
    async def renew(
        self, task_id: TaskId, *, attempt: int, lease: timedelta, stage: Stage, progress: float, now: datetime
    ) -> bool:
        """Extend the lease and note the progress; False when the lease is lost."""

    @abstractmethod
    async def expired(self, *, now: datetime, limit: int) -> Sequence[TaskId]:
        """LEASED tasks whose lease has run out, longest overdue first."""

    @abstractmethod
    async def waiting(self, kind: TaskKind, *, available_before: datetime, limit: int) -> Sequence[TaskId]:
        """PENDING tasks of a kind that nobody has claimed though they have been available since before that moment,
        longest waiting first.
        """


class Backlog(Protocol):
    """What waits, in numbers, for dashboards and alerts."""

    @abstractmethod
    async def jobs_in_flight(self) -> int:
        """Jobs that are PENDING or RUNNING."""

    @abstractmethod
    async def oldest_waiting(self, *, now: datetime) -> Mapping[TaskKind, timedelta]:
        """How long the longest available PENDING task of each kind has waited; zero for a kind with none."""

    @abstractmethod
    async def oldest_deletion(self, *, now: datetime) -> timedelta:
        """How long ago the deletion worker was called for the media that has waited longest; zero when none waits."""
