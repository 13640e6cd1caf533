"""Numbers that only the database knows, taken when somebody asks for metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.unit_of_work import UnitOfWorkFactory
from domain.jobs.task import TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogSample:
    jobs_in_flight: int
    outbox_lag: timedelta
    oldest_waiting: Mapping[TaskKind, timedelta]
    oldest_deletion: timedelta
    dead_letters_open: int


class SampleBacklog:
    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def __call__(self) -> BacklogSample:
        now = self._clock.now()
        async with self._begin() as tx:
            return BacklogSample(
                jobs_in_flight=await tx.backlog.jobs_in_flight(),
                outbox_lag=await tx.outbox.lag(now=now),
                oldest_waiting=await tx.backlog.oldest_waiting(now=now),
                oldest_deletion=await tx.backlog.oldest_deletion(now=now),
                dead_letters_open=await tx.dead_letter_history.count_open(),
            )
