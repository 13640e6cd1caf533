"""Keeps a lease alive while the work goes on, and stops the work when it is lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from application.ports.clock import Clock
from application.ports.tracing import Tracing
from application.unit_of_work import UnitOfWorkFactory
from domain.errors import Unavailable
from domain.jobs.task import LeaseLost, Stage, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePolicy:
    """A lease is renewed three times in its duration; a worker that misses them all has lost it."""

    duration: timedelta = timedelta(seconds=30)

    @property
    def renew_every(self) -> timedelta:
        return self.duration / 3


class Lease:
    """What the worker is doing now; the keeper writes it down with the next renewal.

    `took` says how long the stages have taken that are over, in seconds.
    """

    def __init__(self, stage: Stage, tracing: Tracing) -> None:
        self.stage = stage
        self.progress = 0.0
        self.took: dict[Stage, float] = {}
        self._tracing = tracing

    @contextmanager
    def doing(self, stage: Stage) -> Iterator[None]:
        """The work of one stage, which is timed and traced."""
        self.stage, self.progress = stage, 0.0
        since = monotonic()
        try:
            with self._tracing.span(stage):
                yield
        finally:
            self.took[stage] = self.took.get(stage, 0.0) + monotonic() - since

    async def report(self, progress: float) -> None:
        self.progress = min(max(progress, 0.0), 1.0)


class LeaseKeeper:
    def __init__(self, *, begin: UnitOfWorkFactory, clock: Clock, policy: LeasePolicy, tracing: Tracing) -> None:
        self._begin = begin
        self._clock = clock
        self._policy = policy
        self._tracing = tracing

    @asynccontextmanager
    async def hold(self, task: Task, stage: Stage) -> AsyncIterator[Lease]:
        """Renew in the background; `stage` comes first. Raises LeaseLost, cancelling the block, when another attempt
        has taken over; and whatever else stops the renewals, since work without them would be done for nothing.
        """
        lease = Lease(stage, self._tracing)
        worker = asyncio.current_task()
        assert worker is not None
        cancelled_before = worker.cancelling()
        ending: Exception | None = None

        async def renew() -> None:
            nonlocal ending
            try:
                while await self._renewed(task, lease):
                    pass
                ending = LeaseLost(task.id)
            except Exception as error:  # noqa: BLE001 - it is raised where the work is done
                ending = error
            worker.cancel()

        renewing = asyncio.create_task(renew(), name=f"renew-{task.id}")
        try:
            yield lease
        except asyncio.CancelledError:
            # Somebody else may have cancelled the worker at the same moment: that must not get lost.
            if ending is None or worker.uncancel() > cancelled_before:
                raise
            raise ending from None
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renewed(self, task: Task, lease: Lease) -> bool:
        await asyncio.sleep(self._policy.renew_every.total_seconds())
        try:
            async with self._begin() as tx:
                kept = await tx.leases.renew(
                    task.id,
                    attempt=task.attempt,
                    lease=self._policy.duration,
                    stage=lease.stage,
                    progress=lease.progress,
                    now=self._clock.now(),
                )
                await tx.commit()
        except Unavailable:
            # The lease outlives two missed renewals; whether it was lost is told by the next that gets through.
            return True
        return kept
