"""A piece of work that one worker does under a lease."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.assets.failure import Failure
from domain.errors import Conflict
from domain.events import Aggregate
from domain.ids import TaskId
from domain.jobs.events import TaskDied, TaskScheduled
from domain.jobs.work import RunWork, Work
from domain.state_machine import StateMachine


class TaskKind(StrEnum):
    """Each kind travels on its own topic, so that a video never delays a photo."""

    IMAGE = "image"
    VIDEO = "video"
    ARCHIVE = "archive"
    LINK = "link"


class TaskStatus(StrEnum):
    PENDING = "PENDING"
    LEASED = "LEASED"
    DONE = "DONE"
    DEAD = "DEAD"


TASK_LIFECYCLE = StateMachine(
    "task",
    {
        TaskStatus.PENDING: frozenset({TaskStatus.LEASED}),
        TaskStatus.LEASED: frozenset({TaskStatus.PENDING, TaskStatus.DONE, TaskStatus.DEAD}),
    },
)


class Stage(StrEnum):
    """What a worker is doing; `finalize` is the transaction that ends a run, `fetch` is of addresses alone."""

    VALIDATE = "validate"
    THUMBNAILS = "thumbnails"
    TRANSCODE = "transcode"
    ZIP = "zip"
    FETCH = "fetch"
    FINALIZE = "finalize"


class Verdict(StrEnum):
    """What becomes of a task whose attempt has failed."""

    FINAL = "FINAL"
    TRY_LATER = "TRY_LATER"
    DEAD = "DEAD"


class LeaseLost(Conflict):
    """Another attempt owns the task now, or the lease ran out: the result at hand must be thrown away."""

    code = "LEASE_LOST"

    def __init__(self, task_id: TaskId) -> None:
        super().__init__(f"the lease on task {task_id} is no longer ours")
        self.task_id = task_id


_MAX_DOUBLINGS = 64
"""Hand-backs raise the attempt without bound; no delay needs more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff with equal jitter: half of each delay is fixed, half is drawn."""

    max_attempts: int = 4
    first_delay: timedelta = timedelta(seconds=2)
    longest_delay: timedelta = timedelta(minutes=5)
    outage_patience: timedelta = timedelta(hours=6)
    """How long a task waits for services that are down before that counts against it."""

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """How long to wait after failed attempt number `attempt`; `jitter` is drawn from 0.0 to 1.0."""
        doublings = min(attempt - 1, _MAX_DOUBLINGS)
        ceiling = min(self.first_delay.total_seconds() * 2.0**doublings, self.longest_delay.total_seconds())
        return timedelta(seconds=ceiling * (0.5 + jitter / 2))


@dataclass(slots=True, kw_only=True)
class Task(Aggregate):
    """`attempt` counts the claims and is the fencing token: only the holder of the newest claim may finish.

    `progress` runs from 0.0 to 1.0 within `stage`.
    """

    id: TaskId
    kind: TaskKind
    work: Work
    status: TaskStatus = TaskStatus.PENDING
    attempt: int = 0
    max_attempts: int
    leased_by: str | None = None
    lease_until: datetime | None = None
    available_at: datetime
    stage: Stage | None = None
    progress: float = 0.0
    failure: Failure | None = None
    created_at: datetime
    finished_at: datetime | None = None

    @classmethod
    def schedule(cls, *, task_id: TaskId, kind: TaskKind, work: Work, max_attempts: int, now: datetime) -> "Task":
        task = cls(
            id=task_id,
            kind=kind,
            work=work,
            max_attempts=max_attempts,
            available_at=now,
            created_at=now,
        )
        task.announce(now=now)
        return task

    @property
    def fence(self) -> str:
        """Names the objects that this attempt writes, apart from those of any other attempt at the same file:
        `run-attempt`, or `task-attempt` where there are no runs.
        """
        series = self.work.run if isinstance(self.work, RunWork) else self.id
        return f"{series}-{self.attempt}"

    @property
    def is_last_attempt(self) -> bool:
        return self.attempt >= self.max_attempts

    def judge(self, failure: Failure) -> "Verdict":
        """What a failed attempt means: the file is bad, it may pass, or the last try is spent."""
        if not failure.code.may_pass:
            return Verdict.FINAL
        return Verdict.DEAD if self.is_last_attempt else Verdict.TRY_LATER

    def pointer(self, *, now: datetime) -> TaskScheduled:
        """What workers are told of it."""
        return TaskScheduled(
            task_id=self.id,
            kind=self.kind,
            **self.work.ids,
            not_before=max(self.available_at, now),
            occurred_at=now,
        )

    def announce(self, *, now: datetime) -> None:
        """Tell the workers that it waits."""
        self.record(self.pointer(now=now))

    def is_overdue(self, *, now: datetime) -> bool:
        """True when its worker has let the lease run out."""
        return self.status is TaskStatus.LEASED and self.lease_until is not None and self.lease_until <= now

    def require_lease(self, *, attempt: int, now: datetime) -> None:
        """Raise LeaseLost unless `attempt` is the claim that holds the task at this moment."""
        held = self.status is TaskStatus.LEASED and self.attempt == attempt
        if not held or self.lease_until is None or now >= self.lease_until:
            raise LeaseLost(self.id)

    def complete(self, *, now: datetime) -> None:
        """The work is done, whether its result is good or a judgement that the file is bad."""
        self._end(TaskStatus.DONE, now)

    def try_later(self, failure: Failure, *, delay: timedelta, now: datetime) -> None:
        """Give the lease back and come again after `delay`."""
        self._release(TaskStatus.PENDING)
        self.failure = failure
        self.available_at = now + delay
        self.announce(now=now)

    def postpone(self, failure: Failure, *, delay: timedelta, now: datetime) -> None:
        """A service is down, which is not the file's fault: come again after `delay`, with one more attempt granted."""
        self.max_attempts += 1
        self.try_later(failure, delay=delay, now=now)

    def hand_back(self, *, now: datetime) -> None:
        """The worker goes away in good order: one more attempt is granted. `attempt` itself never falls, it fences."""
        self._release(TaskStatus.PENDING)
        self.max_attempts += 1
        self.available_at = now
        self.announce(now=now)

    def die(self, failure: Failure, *, now: datetime) -> None:
        self._end(TaskStatus.DEAD, now)
        self.failure = failure
        self.record(
            TaskDied(
                task_id=self.id,
                kind=self.kind,
                **self.work.ids,
                attempt=self.attempt,
                error_code=failure.code,
                error_detail=failure.detail,
                occurred_at=now,
            )
        )

    def _end(self, status: TaskStatus, now: datetime) -> None:
        self._release(status)
        self.finished_at = now

    def _release(self, status: TaskStatus) -> None:
        self.status = TASK_LIFECYCLE.move(self.status, status)
        self.leased_by = self.lease_until = None
