"""The transactions that make a result visible. Each is fenced: a result that comes too late is refused."""

from datetime import datetime

from application.dead_letters.bury_task import BuryTask
from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.processing.plan import RunPlanner
from application.processing.process_asset import ProcessedAsset
from application.processing.settle_job import lock_run, report, settle
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.failure import Failure
from domain.batches.batch import Archive
from domain.jobs.job import Job
from domain.jobs.task import LeaseLost, Task


class FinishAssetTask:
    """The last file of a run to end calls for the archive."""

    def __init__(self, *, begin: UnitOfWorkFactory, planner: RunPlanner, bury: BuryTask, clock: Clock) -> None:
        self._begin = begin
        self._planner = planner
        self._bury = bury
        self._clock = clock

    async def __call__(self, task: Task, result: ProcessedAsset | Failure, *, dead: bool = False) -> None:
        """`dead` when the failure is that all attempts are spent. Raises LeaseLost: then nothing has changed."""
        now = self._clock.now()
        async with self._begin() as tx:
            job = await tx.jobs.lock(task.work.job_id)
            current = await tx.tasks.lock(task.id)
            if job is None or current is None:
                raise LeaseLost(task.id)
            current.require_lease(attempt=task.attempt, now=now)
            await end_asset_task(tx, self._planner, self._bury, job, current, result=result, dead=dead, now=now)
            await tx.commit()


async def end_asset_task(
    tx: UnitOfWork,
    planner: RunPlanner,
    bury: BuryTask,
    job: Job,
    task: Task,
    *,
    result: ProcessedAsset | Failure,
    dead: bool,
    now: datetime,
) -> None:
    """Within a transaction that has locked job and task."""
    asset = await tx.assets.find(task.work.asset_id) if task.work.asset_id else None
    if asset is not None:
        if isinstance(result, Failure):
            asset.start_processing(now=now)
            asset.fail(result, now=now)
        else:
            asset.finish(facts=result.facts, renditions=result.renditions, crc32=result.crc32, now=now)
        await tx.assets.save([asset])
    if dead and isinstance(result, Failure):
        await bury(tx, task, result, now=now)
    else:
        task.complete(now=now)
        await tx.tasks.save(task)
    job.start(now=now)
    job.asset_ended(failed=isinstance(result, Failure))
    await tx.jobs.save(job)
    if job.all_assets_ended:
        await planner.add_archive_task(tx, job, now=now)


class FinishArchiveTask:
    """The finalize step: archive, job, batch and listing in one transaction."""

    def __init__(self, *, begin: UnitOfWorkFactory, bury: BuryTask, clock: Clock, telemetry: Telemetry) -> None:
        self._begin = begin
        self._bury = bury
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, task: Task, result: Archive | Failure | None, *, dead: bool = False) -> None:
        """`result` is None when no file could be processed. Raises LeaseLost: then nothing has changed."""
        now = self._clock.now()
        async with self._begin() as tx:
            run = await lock_run(tx, task.work.batch_id, task.work.job_id)
            current = await tx.tasks.lock(task.id)
            if run is None or current is None:
                raise LeaseLost(task.id)
            current.require_lease(attempt=task.attempt, now=now)
            failure = result if isinstance(result, Failure) else None
            if failure is not None and dead:
                await self._bury(tx, current, failure, now=now)
            else:
                current.complete(now=now)
                await tx.tasks.save(current)
            settlement = await settle(
                tx,
                run,
                await tx.assets.of_batch(task.work.batch_id),
                archive=result if isinstance(result, Archive) else None,
                failure=failure.code if failure else None,
                now=now,
            )
            await tx.commit()
        report(self._telemetry, settlement)
