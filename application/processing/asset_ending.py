from collections.abc import Mapping
from datetime import datetime

from application.dead_letters.bury_task import BuryTask
from application.processing.plan import RunPlanner, trace_of
from application.processing.process_original import ProcessedOriginal
from application.processing.task_ending import TaskEnding
from application.unit_of_work import UnitOfWork
from domain.assets.failure import Failure
from domain.jobs.job import Job
from domain.jobs.task import Task
from domain.jobs.work import RunWork


class AssetEnding(TaskEnding[Job, ProcessedOriginal]):
    """The last file of a run to end calls for the archive."""

    def __init__(self, *, planner: RunPlanner, bury: BuryTask) -> None:
        self._planner = planner
        self._bury = bury

    async def lock(self, tx: UnitOfWork, task: Task) -> Job | None:
        assert isinstance(task.work, RunWork)
        return await tx.jobs.lock(task.work.job_id)

    def trace_of(self, locked: Job) -> Mapping[str, str]:
        return trace_of(locked)

    async def end(
        self, tx: UnitOfWork, locked: Job, task: Task, result: ProcessedOriginal | Failure, *, dead: bool, now: datetime
    ) -> None:
        asset_id = task.work.ids["asset_id"]
        asset = await tx.assets.find(asset_id) if asset_id else None
        if asset is not None:
            if isinstance(result, Failure):
                asset.start_processing(now=now)
                asset.fail(result, now=now)
            else:
                asset.finish(facts=result.facts, renditions=result.renditions, crc32=result.crc32, now=now)
            await tx.assets.save([asset])
        if dead and isinstance(result, Failure):
            await self._bury(tx, task, result, now=now)
        else:
            task.complete(now=now)
            await tx.tasks.save(task)
        locked.start(now=now)
        locked.asset_ended(failed=isinstance(result, Failure))
        await tx.jobs.save(locked)
        if locked.all_assets_ended:
            await self._planner.add_archive_task(tx, locked, now=now)
