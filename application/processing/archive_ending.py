from collections.abc import Mapping
from datetime import datetime

from application.dead_letters.bury_task import BuryTask
from application.ports.telemetry import Telemetry
from application.processing.plan import trace_of
from application.processing.settle_job import Run, lock_run, report, settle
from application.processing.task_ending import AfterCommit, TaskEnding
from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.batches.batch import Archive
from domain.jobs.task import Task
from domain.jobs.work import RunWork


class ArchiveEnding(TaskEnding[Run, Archive | None]):
    """The finalize step: archive, job, batch and listing in one transaction."""

    def __init__(self, *, bury: BuryTask, telemetry: Telemetry) -> None:
        self._bury = bury
        self._telemetry = telemetry

    async def lock(self, tx: UnitOfWork, task: Task) -> Run | None:
        assert isinstance(task.work, RunWork)
        return await lock_run(tx, task.work.batch_id, task.work.job_id)

    def trace_of(self, locked: Run) -> Mapping[str, str]:
        return trace_of(locked.job)

    async def end(
        self, tx: UnitOfWork, locked: Run, task: Task, result: Archive | Failure | None, *, dead: bool, now: datetime
    ) -> AfterCommit:
        failure = result if isinstance(result, Failure) else None
        if failure is not None and dead:
            await self._bury(tx, task, failure, now=now)
        else:
            task.complete(now=now)
            await tx.tasks.save(task)
        settlement = await settle(
            tx,
            locked,
            await tx.assets.of_batch(locked.batch.id),
            archive=result if isinstance(result, Archive) else None,
            failure=failure.code if failure else None,
            now=now,
        )

        async def tell() -> None:
            report(self._telemetry, settlement)

        return tell
