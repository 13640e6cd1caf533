from datetime import timedelta

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.batches.errors import BatchNotFound
from domain.errors import ConcurrentUpdate
from domain.jobs.job import JobStatus, Provider
from tests.builders import NOW, build_job
from tests.contracts.stored import store, stored_batch

SECOND = timedelta(seconds=1)


async def test_the_runs_of_a_batch_come_oldest_first(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    second, first = build_job(batch, attempt=2), build_job(batch, attempt=1)
    await store(begin, second, first, build_job(await stored_batch(begin)))

    async with begin() as tx:
        assert await tx.jobs.of_batch(batch.id) == [first, second]


async def test_a_batch_has_one_run_of_a_number(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    await store(begin, build_job(batch, attempt=1))

    with pytest.raises(ConcurrentUpdate):
        await store(begin, build_job(batch, attempt=1))


async def test_unanswered_are_external_jobs_of_long_ago_that_have_not_ended(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    late = build_job(batch, attempt=1, provider=Provider.EXTERNAL, created_at=NOW - SECOND)
    later = build_job(batch, attempt=2, provider=Provider.EXTERNAL, created_at=NOW - 9 * SECOND)
    later.start(now=NOW)
    await store(
        begin,
        late,
        later,
        build_job(batch, attempt=3, provider=Provider.EXTERNAL, created_at=NOW),
        build_job(batch, attempt=4, provider=Provider.INTERNAL, created_at=NOW - SECOND),
        build_job(batch, attempt=5, provider=Provider.EXTERNAL, created_at=NOW - SECOND, status=JobStatus.FAILED),
    )

    async with begin() as tx:
        assert await tx.jobs.unanswered(before=NOW, limit=9) == [later.id, late.id]
        assert await tx.jobs.unanswered(before=NOW, limit=1) == [later.id]


async def test_a_job_needs_its_batch(begin: UnitOfWorkFactory) -> None:
    with pytest.raises(BatchNotFound):
        await store(begin, build_job())
