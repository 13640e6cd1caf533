"""An external pipeline reports on a job."""

from collections.abc import Mapping

from application.concurrency import map_bounded
from application.ports.clock import Clock
from application.ports.storage import ObjectStore, StoredObject
from application.ports.telemetry import Telemetry
from application.processing.pipeline_report import (
    UNREPORTED,
    ApplyCallbackCommand,
    ReportedStatus,
    archive_of,
    code_of,
    failure_of,
    renditions_of,
    require_valid,
)
from application.processing.settle_job import Run, Settlement, lock_run, report, settle
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import AssetStatus
from domain.assets.failure import FailureCode
from domain.assets.rendition import MediaFacts
from domain.errors import Conflict, NotFound, Rejected, Unauthenticated, Violation
from domain.ids import JobId
from domain.jobs.job import Job, Provider

_CONSUMER = "pipeline-callbacks"
_HEADS_AT_ONCE = 16


class JobNotFound(NotFound):
    code = "JOB_NOT_FOUND"

    def __init__(self, job_id: JobId) -> None:
        super().__init__(f"no external pipeline was asked to do job {job_id}")


class CallbackOutdated(Conflict):
    code = "CALLBACK_OUTDATED"

    def __init__(self, job: Job, attempt: int) -> None:
        super().__init__(f"job {job.id} is attempt {job.attempt} and {job.status}; the report is on attempt {attempt}")


class CallbackReplayed(Unauthenticated):
    code = "CALLBACK_REPLAYED"

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"delivery {delivery_id} has been applied already")


class ApplyCallback:
    """Only files that the report mentions change, and those it leaves unmentioned at the end of a run fail as such;
    nothing is ever deleted.

    Raises JobNotFound, CallbackOutdated, CallbackReplayed, Rejected, Unavailable.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, store: ObjectStore, clock: Clock, telemetry: Telemetry) -> None:
        self._begin = begin
        self._store = store
        self._clock = clock
        self._telemetry = telemetry

    async def __call__(self, command: ApplyCallbackCommand) -> None:
        async with self._begin() as tx:
            # Rolled back with this look; `_apply` notes it for good.
            await self._require_new(tx, command)
            job = await tx.jobs.find(command.job_id)
            if job is None or job.provider is not Provider.EXTERNAL:
                raise JobNotFound(command.job_id)
            assets = await tx.assets.of_batch(job.batch_id)
        _require_current(job, command)
        require_valid(command, job, assets)
        objects = await self._look_up(command)
        settlement = await self._apply(command, job, objects)
        if settlement is not None:
            report(self._telemetry, settlement)

    async def _look_up(self, command: ApplyCallbackCommand) -> Mapping[str, StoredObject]:
        """Every key must name an object: done is what the store confirms."""
        places = {key: f"/outputs/{index}" for index, output in enumerate(command.outputs) for key in output.keys}
        if command.archive_key is not None:
            places[command.archive_key] = "/zip/key"
        keys = list(places)
        found = await map_bounded(self._store.head, keys, at_once=_HEADS_AT_ONCE)
        missing = [
            Violation(places[key], "OBJECT_NOT_FOUND", f"the store has no object {key}")
            for key, stored in zip(keys, found, strict=True)
            if stored is None
        ]
        if missing:
            raise Rejected("the report names objects that do not exist", missing)
        return {key: stored for key, stored in zip(keys, found, strict=True) if stored is not None}

    async def _apply(
        self, command: ApplyCallbackCommand, seen: Job, objects: Mapping[str, StoredObject]
    ) -> Settlement | None:
        now = self._clock.now()
        settlement = None
        async with self._begin() as tx:
            await self._require_new(tx, command)
            run = await lock_run(tx, seen.batch_id, seen.id)
            if run is None:
                raise CallbackOutdated(seen, command.attempt)
            _require_current(run.job, command)
            run.batch.start_processing()
            run.job.start(now=now)
            if command.status is ReportedStatus.RUNNING:
                await tx.batches.save(run.batch)
                await tx.jobs.save(run.job)
            else:
                settlement = await self._end(tx, run, command, objects)
            await tx.commit()
        return settlement

    async def _require_new(self, tx: UnitOfWork, command: ApplyCallbackCommand) -> None:
        if not await tx.processed_messages.first_time(_CONSUMER, command.delivery_id, now=self._clock.now()):
            raise CallbackReplayed(command.delivery_id)

    async def _end(
        self, tx: UnitOfWork, run: Run, command: ApplyCallbackCommand, objects: Mapping[str, StoredObject]
    ) -> Settlement:
        now = self._clock.now()
        assets = await tx.assets.of_batch(run.batch.id)
        outputs = {output.asset_id: output for output in command.outputs}
        all_take_part = run.job.total == len(assets)
        for asset in assets:
            takes_part = all_take_part or asset.status is not AssetStatus.PROCESSED
            output = outputs.get(asset.id)
            if output is None and asset.status is AssetStatus.PROCESSED:
                continue
            asset.start_processing(now=now)
            failure = failure_of(output, command)
            if failure is None and output is not None:
                asset.finish(
                    facts=asset.facts or MediaFacts(),
                    renditions=renditions_of(asset, output, objects),
                    crc32=None,
                    now=now,
                )
            else:
                asset.fail(failure or UNREPORTED, now=now)
            if takes_part:
                run.job.asset_ended(failed=asset.status is AssetStatus.FAILED)
        await tx.assets.save(assets)
        archive = archive_of(command, objects, assets)
        whole = None
        if command.status is ReportedStatus.FAILED or command.error_code is not None:
            whole = code_of(command.error_code)
        elif archive is None:
            whole = FailureCode.ZIP_FAILED
        return await settle(tx, run, assets, archive=archive, failure=whole, now=now)


def _require_current(job: Job, command: ApplyCallbackCommand) -> None:
    if job.attempt != command.attempt or job.status.is_final:
        raise CallbackOutdated(job, command.attempt)
