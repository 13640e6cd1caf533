"""What a worker does with a task that it has claimed: work under a lease, finish; or give back, or give up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from application.events.routing import task_topic
from application.ports.clock import Clock
from application.ports.log import Log
from application.ports.randomness import Randomness
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.build_archive import BuildArchive
from application.processing.claim_task import ClaimedTask
from application.processing.finish_task import FinishArchiveTask, FinishAssetTask
from application.processing.hand_back_task import HandBackTask
from application.processing.lease_keeper import Lease, LeaseKeeper
from application.processing.process_asset import ProcessAsset, ProcessedAsset
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode, MediaRejected
from domain.batches.batch import Archive
from domain.errors import ConcurrentUpdate, Unavailable
from domain.jobs.task import LeaseLost, RetryPolicy, Stage, Task, Verdict

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
        process_asset: ProcessAsset,
        build_archive: BuildArchive,
        finish_asset: FinishAssetTask,
        finish_archive: FinishArchiveTask,
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
        self._process_asset = process_asset
        self._build_archive = build_archive
        self._finish_asset = finish_asset
        self._finish_archive = finish_archive
        self._hand_back = hand_back
        self._retry = retry
        self._clock = clock
        self._randomness = randomness
        self._telemetry = telemetry
        self._tracing = tracing
        self._log = log

    async def __call__(self, claimed: ClaimedTask) -> None:
        task = claimed.task
        with self._log.bound(
            listing_id=task.work.listing_id,
            batch_id=task.work.batch_id,
            job_id=task.work.job_id,
            task_id=task.id,
            attempt=task.attempt,
        ):
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
        await self._insist(lambda: self._finish(task, result, dead=dead))
        self._tell(task, result, dead=dead)

    async def _finish(self, task: Task, result: ProcessedAsset | Archive | Failure | None, *, dead: bool) -> None:
        if isinstance(result, ProcessedAsset) or (task.work.asset_id is not None and isinstance(result, Failure)):
            await self._finish_asset(task, result, dead=dead)
        else:
            started = monotonic()
            with self._tracing.span(Stage.FINALIZE):
                await self._finish_archive(task, result, dead=dead)
            self._telemetry.step_took(Stage.FINALIZE, timedelta(seconds=monotonic() - started))

    async def _insist(self, finish: Callable[[], Awaitable[None]]) -> None:
        """The result is at hand: a short absence of the database must not waste it. The fence makes repeats safe."""
        for pause in _FINISH_PAUSES:
            try:
                return await finish()
            except (Unavailable, ConcurrentUpdate) as error:
                self._log.warning("task.finish_again", code=error.code, detail=error.detail)
                await asyncio.sleep(pause)
        return await finish()

    async def _attempt(self, claimed: ClaimedTask) -> ProcessedAsset | Archive | Failure | _Outage | None:
        """The work itself. Whatever goes wrong becomes a Failure, but for a lost lease and cancellation."""
        task = claimed.task
        lease: Lease | None = None
        try:
            async with self._keeper.hold(task, Stage.VALIDATE if task.work.asset_id else Stage.ZIP) as lease:
                if task.work.asset_id is None:
                    return await self._build_archive(task, lease)
                if claimed.asset is None:
                    return Failure(code=FailureCode.NOT_UPLOADED, detail="the file was taken out of its batch")
                return await self._process_asset(task, claimed.asset, lease)
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

    def _tell(self, task: Task, result: ProcessedAsset | Archive | Failure | None, *, dead: bool) -> None:
        if dead:
            self._telemetry.dead_lettered(task_topic(task.kind))
        if isinstance(result, Failure):
            self._log.warning("task.failed", code=result.code, detail=result.detail, dead=dead)
        else:
            self._log.info("task.done", kind=task.kind)
