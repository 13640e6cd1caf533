"""An external pipeline that never answers must not leave a batch in flight for ever; a pass of the sweeper."""

from datetime import timedelta

from application.ports.clock import Clock
from application.ports.telemetry import Telemetry
from application.ports.tracing import Tracing
from application.processing.plan import trace_of
from application.processing.settle_job import lock_run, report, settle
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import AssetStatus
from domain.assets.failure import Failure, FailureCode
from domain.ids import JobId

_JOBS = 50
_SILENT = Failure(code=FailureCode.TIMEOUT, detail="the external pipeline did not answer in time")


class ExpireExternalJobs:
    """Answers how many jobs it ended."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        clock: Clock,
        telemetry: Telemetry,
        tracing: Tracing,
        answer_within: timedelta,
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._telemetry = telemetry
        self._tracing = tracing
        self._answer_within = answer_within

    async def __call__(self) -> int:
        async with self._begin() as tx:
            silent = await tx.jobs.unanswered(before=self._clock.now() - self._answer_within, limit=_JOBS)
        for job_id in silent:
            await self._end(job_id)
        return len(silent)

    async def _end(self, job_id: JobId) -> None:
        now = self._clock.now()
        async with self._begin() as tx:
            job = await tx.jobs.find(job_id)
            run = await lock_run(tx, job.batch_id, job_id) if job else None
            if run is None or run.job.status.is_final:
                return
            assets = await tx.assets.of_batch(run.batch.id)
            for asset in assets:
                if asset.status is not AssetStatus.PROCESSED:
                    asset.start_processing(now=now)
                    asset.fail(_SILENT, now=now)
                    run.job.asset_ended(failed=True)
            await tx.assets.save(assets)
            with self._tracing.span("expire", parent=trace_of(run.job), job_id=job_id):
                settlement = await settle(tx, run, assets, archive=None, failure=_SILENT.code, now=now)
                await tx.commit()
        report(self._telemetry, settlement)
