"""What a worker does with a task that it has claimed: work under a lease, finish; or give back, or give up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from application.events.routing import task_topic
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.by_sort import BySort
from application.processing.finish_task import FinishTask
from application.processing.hand_back_task import HandBackTask
from application.processing.lease_keeper import Lease, LeaseKeeper
from application.processing.task_handler import ClaimedTask, TaskHandler
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode, MediaRejected
from domain.errors import ConcurrentUpdate, Unavailable
from domain.jobs.task import LeaseLost, RetryPolicy, Task, TaskStatus, Verdict

_FINISH_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries to commit a result; in all well below the lease."""


@dataclass(frozen=True, slots=True)
class _Outage:
    """A service did not answer; nothing is known of the file."""

    detail: str


class WorkOnTask:
    """Whatever is claimed anew meanwhile, by any number of workers: one result counts.

    Cancelled, it gives the lease back.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        keeper: LeaseKeeper,
        handlers: BySort[TaskHandler[Any, Any]],
        finish: FinishTask,
        hand_back: HandBackTask,
        retry: RetryPolicy,
        clock: Clock,
        randomness: Randomness,
        telemetry: Telemetry,
        tracing: Tracing,
        log: Log,
    ) -> None:
        self._begin = begin
        self._keeper = keeper
        self._handlers = handlers
        self._finish = finish
        self._hand_back = hand_back
        self._retry = retry
        self._clock = clock
        self._randomness = randomness
        self._telemetry = telemetry
        self._tracing = tracing
        self._log = log

    async def __call__(self, claimed: ClaimedTask) -> None:
        task = claimed.task
        with self._log.bound(**task.work.labels, task_id=task.id, attempt=task.attempt):
            try:
                await self._work(claimed)
            except LeaseLost:
                self._log.warning("task.lease_lost")
            except asyncio.CancelledError:
                await asyncio.shield(self._hand_back(task))
                raise

    async def _work(self, claimed: ClaimedTask) -> None:
        task = claimed.task
        result = await self._attempt(claimed)
        if isinstance(result, _Outage):
            failure = Failure(code=FailureCode.INTERNAL_ERROR, detail=result.detail)
            if self._clock.now() - task.created_at < self._retry.outage_patience:
                self._log.warning("task.postponed", detail=result.detail)
                await self._give_back(task, failure, Task.postpone)
                return
            result = failure
        verdict = task.judge(result) if isinstance(result, Failure) else Verdict.FINAL
        if verdict is Verdict.TRY_LATER:
            assert isinstance(result, Failure)
            self._log.warning("task.try_later", code=result.code, detail=result.detail)
            await self._give_back(task, result, Task.try_later)
            return
        dead = verdict is Verdict.DEAD
        ended = await self._insist(lambda: self._store(task, result, dead=dead))
        self._tell(task, result, dead=ended is TaskStatus.DEAD)

    async def _store(self, task: Task, result: object, *, dead: bool) -> TaskStatus:
        stage = self._handlers.of(task.work).last_stage
        if stage is None:
            return await self._finish(task, result, dead=dead)
        started = monotonic()
        with self._tracing.span(stage):
            ended = await self._finish(task, result, dead=dead)
        self._telemetry.step_took(stage, timedelta(seconds=monotonic() - started))
        return ended

    async def _insist(self, finish: Callable[[], Awaitable[TaskStatus]]) -> TaskStatus:
        """The result is at hand: a short absence of the database must not waste it. The fence makes repeats safe."""
        for pause in _FINISH_PAUSES:
            try:
                return await finish()
            except (Unavailable, ConcurrentUpdate) as error:
                self._log.warning("task.finish_again", code=error.code, detail=error.detail)
                await asyncio.sleep(pause)
        return await finish()

    async def _attempt(self, claimed: ClaimedTask) -> object:
        """What the work made. Whatever goes wrong becomes a Failure or an _Outage, but for a lost lease and
        cancellation.
        """
        handler = self._handlers.of(claimed.task.work)
        lease: Lease | None = None
        try:
            async with self._keeper.hold(claimed.task, handler.first_stage) as lease:
                return await handler.attempt(claimed, lease)
        except MediaRejected as rejected:
            return rejected.failure
        except Unavailable as error:
            return _Outage(error.detail)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not stop the worker; it is logged and retried
            self._log.exception("task.defect")
            return Failure(code=FailureCode.INTERNAL_ERROR, detail=f"unexpected {type(error).__name__}")
        finally:
            for stage, seconds in (lease.took if lease else {}).items():
                self._telemetry.step_took(stage, timedelta(seconds=seconds))

    async def _give_back(self, task: Task, failure: Failure, step: Callable[..., None]) -> None:
        """`step` is `Task.try_later` or `Task.postpone`."""
        now = self._clock.now()
        async with self._begin() as tx:
            current = await tx.tasks.lock(task.id)
            if current is None:
                raise LeaseLost(task.id)
            current.require_lease(attempt=task.attempt, now=now)
            delay = self._retry.delay(task.attempt, self._randomness.jitter())
            step(current, failure, delay=delay, now=now)
            await tx.tasks.save(current)
            await tx.commit()

    def _tell(self, task: Task, result: object, *, dead: bool) -> None:
        if dead:
            self._telemetry.dead_lettered(task_topic(task.kind))
        if isinstance(result, Failure):
            self._log.warning("task.failed", code=result.code, detail=result.detail, dead=dead)
        else:
            self._log.info("task.done", kind=task.kind)
