"""A batch through any sequence of calls: it moves as the contract says, or raises and stays as it was."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.assets.failure import FailureCode
from domain.batches.batch import IN_FLIGHT, Batch, BatchStatus
from domain.batches.errors import (
    BatchAlreadyReceived,
    BatchInFlight,
    BatchNotReady,
    BatchNotRetryable,
    UploadExpired,
)
from domain.batches.events import BatchDeleted, BatchFailed, BatchReady, BatchReceived, BatchRetried
from domain.errors import InvalidState
from domain.ids import JobId
from tests.builders import IDS, NOW, build_batch

CODES = st.sampled_from(FailureCode).filter(lambda code: code is not FailureCode.UPLOAD_EXPIRED)
UNSETTLED = {BatchStatus.PENDING_UPLOAD, BatchStatus.RECEIVED}


class BatchMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.batch = build_batch()
        self.now = NOW
        self.runs = 0
        self.settled = False

    @property
    def is_expired(self) -> bool:
        return self.batch.failure_code is FailureCode.UPLOAD_EXPIRED

    def refuses(self, error: type[Exception], call: str, **arguments: object) -> None:
        before = deepcopy(self.batch)
        with pytest.raises(error):
            getattr(self.batch, call)(**arguments)
        assert self.batch == before
        assert self.batch.pull_events() == []

    @rule(minutes=st.integers(1, 900))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(files=st.integers(1, 200))
    def receive(self, files: int) -> None:
        arguments: dict[str, Any] = {
            "job_id": JobId(IDS.new()),
            "file_count": files,
            "total_bytes": files * 10,
            "now": self.now,
        }
        if self.batch.status is BatchStatus.PENDING_UPLOAD and self.now < self.batch.expires_at:
            self.batch.receive(**arguments)
            self.runs += 1
            run = (self.batch.status, self.batch.job_id, self.batch.received_at)
            assert run == (BatchStatus.RECEIVED, arguments["job_id"], self.now)
            assert (self.batch.file_count, self.batch.total_bytes) == (files, files * 10)
            assert [type(event) for event in self.batch.pull_events()] == [BatchReceived]
        elif self.batch.status is BatchStatus.PENDING_UPLOAD or self.is_expired:
            self.refuses(UploadExpired, "receive", **arguments)
        else:
            self.refuses(BatchAlreadyReceived, "receive", **arguments)

    @rule()
    def start_processing(self) -> None:
        if self.batch.status in IN_FLIGHT:
            self.batch.start_processing()
            assert self.batch.status is BatchStatus.PROCESSING
            assert self.batch.pull_events() == []
        else:
            self.refuses(InvalidState, "start_processing")

    @rule(failure=CODES)
    def fail(self, failure: FailureCode) -> None:
        if self.batch.status is not BatchStatus.PROCESSING:
            self.refuses(InvalidState, "settle", failure=failure, now=self.now)
            return
        self.batch.settle(failure=failure, now=self.now)
        self.settled = True
        assert (self.batch.status, self.batch.failure_code) == (BatchStatus.FAILED, failure)
        assert [type(event) for event in self.batch.pull_events()] == [BatchFailed]

    @precondition(lambda self: not self.is_expired)
    @rule()
    def succeed(self) -> None:
        """From PROCESSING, or from FAILED when the bad file was taken out."""
        if self.batch.status not in {BatchStatus.PROCESSING, BatchStatus.FAILED}:
            self.refuses(InvalidState, "settle", failure=None, now=self.now)
            return
        self.batch.settle(failure=None, now=self.now)
        self.settled = True
        assert (self.batch.status, self.batch.failure_code) == (BatchStatus.READY, None)
        assert [type(event) for event in self.batch.pull_events()] == [BatchReady]

    @rule()
    def retry(self) -> None:
        job_id = JobId(IDS.new())
        if self.batch.status not in {BatchStatus.READY, BatchStatus.FAILED} or self.is_expired:
            self.refuses(BatchNotRetryable, "retry", job_id=job_id, now=self.now)
            return
        self.batch.retry(job_id=job_id, now=self.now)
        self.runs += 1
        assert (self.batch.status, self.batch.job_id) == (BatchStatus.PROCESSING, job_id)
        assert [type(event) for event in self.batch.pull_events()] == [BatchRetried]

    @rule()
    def expire(self) -> None:
        if self.batch.status is not BatchStatus.PENDING_UPLOAD:
            self.refuses(InvalidState, "expire", now=self.now)
            return
        self.batch.expire(now=self.now)
        assert self.is_expired
        assert [type(event) for event in self.batch.pull_events()] == [BatchFailed]

    @rule()
    def delete(self) -> None:
        if self.batch.status in IN_FLIGHT:
            self.refuses(BatchInFlight, "delete", now=self.now)
            return
        status = self.batch.status
        self.batch.delete(now=self.now)
        assert (self.batch.status, self.batch.deleted_at) == (status, self.now)
        assert [type(event) for event in self.batch.pull_events()] == [BatchDeleted]

    @invariant()
    def a_failure_is_named_exactly_while_failed(self) -> None:
        assert (self.batch.failure_code is not None) == (self.batch.status is BatchStatus.FAILED)

    @invariant()
    def every_run_is_counted(self) -> None:
        assert self.batch.jobs == self.runs
        assert (self.batch.job_id is None) == (self.runs == 0)

    @invariant()
    def there_is_something_to_download_once_a_run_has_ended(self) -> None:
        assert self.batch.has_settled_before == self.settled
        if self.settled:
            self.batch.require_downloadable()
        else:
            self.refuses(BatchNotReady, "require_downloadable")

    @invariant()
    def files_may_arrive_only_in_time_and_before_the_first_run(self) -> None:
        if self.is_expired or (self.batch.status is BatchStatus.PENDING_UPLOAD and self.now >= self.batch.expires_at):
            self.refuses(UploadExpired, "require_uploading", now=self.now)
        elif self.batch.status is BatchStatus.PENDING_UPLOAD:
            self.batch.require_uploading(now=self.now)
        else:
            self.refuses(BatchAlreadyReceived, "require_uploading", now=self.now)


TestBatchLifecycle = BatchMachine.TestCase


def test_the_end_of_the_first_run_stays_the_first() -> None:
    batch: Batch = build_batch(status=BatchStatus.PROCESSING)
    batch.settle(failure=FailureCode.ZIP_FAILED, now=NOW)
    batch.retry(job_id=JobId(IDS.new()), now=NOW + timedelta(hours=1))
    batch.settle(failure=None, now=NOW + timedelta(hours=2))
    assert batch.settled_at == NOW


def test_the_last_moment_is_one_too_late() -> None:
    batch = build_batch()
    batch.require_uploading(now=batch.expires_at - timedelta(microseconds=1))
    with pytest.raises(UploadExpired):
        batch.require_uploading(now=batch.expires_at)
