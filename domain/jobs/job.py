"""One run of the pipeline over a batch. Every run is a new job: the history stays."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.assets.failure import FailureCode
from domain.batches.object_keys import processed_prefix
from domain.events import Aggregate
from domain.ids import BatchId, JobId, ListingId
from domain.jobs.events import JobFinished, JobRequested, RequestedFile
from domain.state_machine import StateMachine


class JobStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL_SUCCESS = "PARTIAL_SUCCESS"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        return self not in {JobStatus.PENDING, JobStatus.RUNNING}


class Provider(StrEnum):
    """Who does the work: our own workers, or a pipeline outside that answers by callback."""

    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"


JOB_LIFECYCLE = StateMachine(
    "job",
    {
        JobStatus.PENDING: frozenset({JobStatus.RUNNING}),
        JobStatus.RUNNING: frozenset({JobStatus.SUCCEEDED, JobStatus.PARTIAL_SUCCESS, JobStatus.FAILED}),
    },
)


@dataclass(slots=True, kw_only=True)
class Job(Aggregate):
    """`attempt` counts the runs of the batch from 1 and fences results of older ones.

    `total` assets take part; `done` and `failed` count those that have ended. `trace` is opaque here: it ties the work
    to the request that asked for it, also when a worker or a message on the way was lost.
    """

    id: JobId
    batch_id: BatchId
    listing_id: ListingId
    attempt: int
    provider: Provider
    status: JobStatus = JobStatus.PENDING
    total: int
    done: int = 0
    failed: int = 0
    error_code: FailureCode | None = None
    estimated_seconds: int
    trace: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @classmethod
    def request(
        cls,
        *,
        job_id: JobId,
        batch_id: BatchId,
        listing_id: ListingId,
        attempt: int,
        provider: Provider,
        files: tuple[RequestedFile, ...],
        estimated_seconds: int,
        now: datetime,
        trace: str | None = None,
    ) -> "Job":
        job = cls(
            id=job_id,
            batch_id=batch_id,
            listing_id=listing_id,
            attempt=attempt,
            provider=provider,
            total=len(files),
            estimated_seconds=estimated_seconds,
            trace=trace,
            created_at=now,
        )
        job.record(
            JobRequested(
                job_id=job_id,
                batch_id=batch_id,
                listing_id=listing_id,
                attempt=attempt,
                provider=provider,
                output_prefix=processed_prefix(listing_id),
                files=files,
                occurred_at=now,
            )
        )
        return job

    @property
    def all_assets_ended(self) -> bool:
        return self.done + self.failed >= self.total

    def start(self, *, now: datetime) -> None:
        """The first worker has begun; repeating it changes nothing."""
        if self.status is not JobStatus.RUNNING:
            self.status = JOB_LIFECYCLE.move(self.status, JobStatus.RUNNING)
            self.started_at = now

    def asset_ended(self, *, failed: bool) -> None:
        if failed:
            self.failed += 1
        else:
            self.done += 1

    def finish(self, *, failure: FailureCode | None, now: datetime) -> None:
        """End the run. `failure` is what the batch fails with; PARTIAL_SUCCESS when some assets made it."""
        if failure is None:
            target = JobStatus.SUCCEEDED
        else:
            target = JobStatus.PARTIAL_SUCCESS if self.failed and self.done else JobStatus.FAILED
        self.status = JOB_LIFECYCLE.move(self.status, target)
        self.error_code = failure
        self.finished_at = now
        self.record(
            JobFinished(
                job_id=self.id,
                batch_id=self.batch_id,
                listing_id=self.listing_id,
                status=target,
                error_code=failure,
                occurred_at=now,
            )
        )
