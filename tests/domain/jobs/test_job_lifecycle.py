"""A run counts its files, ends once, and says how it ended."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets.failure import FailureCode
from domain.errors import InvalidState
from domain.ids import AssetId, JobId
from domain.jobs.events import JobFinished, JobRequested, RequestedFile
from domain.jobs.job import Job, JobStatus, Provider
from tests.builders import IDS, NOW, build_batch, build_job

LATER = NOW + timedelta(minutes=1)


def test_a_request_is_announced() -> None:
    batch = build_batch()
    files = tuple(
        RequestedFile(
            asset_id=AssetId(IDS.new()),
            key=f"raw/{number}",
            media_type="PHOTO_VERTICAL",
            content_type="image/jpeg",
            size=number,
            checksum="sha256:00",
        )
        for number in range(3)
    )
    job = Job.request(
        job_id=JobId(IDS.new()),
        batch_id=batch.id,
        listing_id=batch.listing_id,
        attempt=2,
        provider=Provider.EXTERNAL,
        files=files,
        estimated_seconds=7,
        now=NOW,
    )
    assert (job.status, job.attempt, job.total) == (JobStatus.PENDING, 2, 3)
    assert job.pull_events() == [
        JobRequested(
            job_id=job.id,
            batch_id=batch.id,
            listing_id=batch.listing_id,
            attempt=2,
            provider=Provider.EXTERNAL,
            output_prefix=f"{batch.listing_id}/processed/",
            files=files,
            occurred_at=NOW,
        )
    ]


@given(st.lists(st.booleans(), max_size=20), st.none() | st.sampled_from(FailureCode))
def test_how_it_ends(files: list[bool], failure: FailureCode | None) -> None:
    """`files` says of each whether it failed."""
    job = build_job(total=len(files))
    job.start(now=NOW)
    for number, failed in enumerate(files):
        assert job.all_assets_ended == (number >= len(files))
        job.asset_ended(failed=failed)
    assert job.all_assets_ended
    assert (job.done, job.failed) == (files.count(False), files.count(True))

    job.finish(failure=failure, now=LATER)

    if failure is None:
        assert job.status is JobStatus.SUCCEEDED
    elif {True, False} <= set(files):
        assert job.status is JobStatus.PARTIAL_SUCCESS
    else:
        assert job.status is JobStatus.FAILED
    assert job.status.is_final
    assert (job.error_code, job.finished_at) == (failure, LATER)
    (event,) = job.pull_events()
    assert isinstance(event, JobFinished)
    assert (event.status, event.error_code) == (job.status, failure)


def test_starting_again_changes_nothing() -> None:
    job = build_job()
    job.start(now=NOW)
    job.start(now=LATER)
    assert (job.status, job.started_at) == (JobStatus.RUNNING, NOW)


@pytest.mark.parametrize("failure", [None, FailureCode.ZIP_FAILED])
def test_it_ends_once_and_never_before_it_starts(failure: FailureCode | None) -> None:
    job = build_job()
    with pytest.raises(InvalidState):
        job.finish(failure=failure, now=NOW)
    job.start(now=NOW)
    job.finish(failure=failure, now=NOW)
    with pytest.raises(InvalidState):
        job.finish(failure=None, now=LATER)
    with pytest.raises(InvalidState):
        job.start(now=LATER)
    assert job.finished_at == NOW
