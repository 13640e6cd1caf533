"""Of many workers one has the task, for as long as it says so."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.unit_of_work import UnitOfWorkFactory
from domain.errors import ConcurrentUpdate
from domain.jobs.job import Job
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus
from tests.builders import NOW, build_media_work, build_task, populated_task
from tests.contracts.stored import read, store, stored_job

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def job(begin: UnitOfWorkFactory) -> Job:
    return await stored_job(begin)


async def _stored(begin: UnitOfWorkFactory, job: Job, **changes: Any) -> Task:
    task = build_task(job, **changes)
    await store(begin, task)
    return task


async def _claim(begin: UnitOfWorkFactory, task: Task, *, worker: str = "w1", now: datetime = NOW) -> Task | None:
    async with begin() as tx:
        claimed = await tx.leases.claim(task.id, worker=worker, lease=LEASE, now=now)
        await tx.commit()
    return claimed


async def _renew(begin: UnitOfWorkFactory, task: Task, *, attempt: int, now: datetime) -> bool:
    async with begin() as tx:
        renewed = await tx.leases.renew(
            task.id, attempt=attempt, lease=LEASE, stage=Stage.TRANSCODE, progress=0.25, now=now
        )
        await tx.commit()
    return renewed


async def test_a_claim_takes_the_lease_and_counts_the_attempt(begin: UnitOfWorkFactory, job: Job) -> None:
    task = populated_task(job, status=TaskStatus.PENDING, leased_by=None, lease_until=None)
    await store(begin, task)

    claimed = await _claim(begin, task, worker="w7")

    assert claimed is not None
    assert claimed == await read(begin, task)
    assert (claimed.status, claimed.attempt) == (TaskStatus.LEASED, task.attempt + 1)
    assert (claimed.leased_by, claimed.lease_until) == ("w7", NOW + LEASE)
    assert (claimed.stage, claimed.progress) == (None, 0)
    assert claimed.failure == task.failure


async def test_of_twenty_claims_at_once_one_wins(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job)

    claims = await asyncio.gather(*(_claim(begin, task, worker=f"w{number}") for number in range(20)))

    winners = [claim.leased_by for claim in claims if claim is not None]
    stored = await read(begin, task)
    assert isinstance(stored, Task)
    assert winners == [stored.leased_by]
    assert stored.attempt == 1


@pytest.mark.parametrize("status", [TaskStatus.LEASED, TaskStatus.DONE, TaskStatus.DEAD])
async def test_only_pending_tasks_are_claimed(begin: UnitOfWorkFactory, job: Job, status: TaskStatus) -> None:
    task = await _stored(begin, job, status=status)

    assert await _claim(begin, task) is None


async def test_a_task_is_not_claimed_before_its_time(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job, available_at=NOW)

    assert await _claim(begin, task, now=NOW - SECOND) is None
    assert await _claim(begin, task, now=NOW) is not None


async def test_a_task_that_does_not_exist_is_not_claimed(begin: UnitOfWorkFactory) -> None:
    assert await _claim(begin, build_task()) is None


async def test_a_claim_that_is_not_committed_is_none(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job)
    async with begin() as tx:
        assert await tx.leases.claim(task.id, worker="w1", lease=LEASE, now=NOW) is not None

    assert await _claim(begin, task, worker="w2") is not None


async def test_a_claim_makes_what_was_read_before_it_stale(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job)
    await _claim(begin, task)

    with pytest.raises(ConcurrentUpdate):
        await store(begin, task)


async def test_a_renewal_extends_the_lease_and_notes_the_progress(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job)
    await _claim(begin, task)

    assert await _renew(begin, task, attempt=1, now=NOW + 10 * SECOND)

    renewed = await read(begin, task)
    assert isinstance(renewed, Task)
    assert renewed.lease_until == NOW + 10 * SECOND + LEASE
    assert (renewed.stage, renewed.progress) == (Stage.TRANSCODE, 0.25)


async def test_a_lease_that_ran_out_is_not_renewed(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job)
    await _claim(begin, task)

    assert not await _renew(begin, task, attempt=1, now=NOW + LEASE)


async def test_the_lease_of_another_attempt_is_not_renewed(begin: UnitOfWorkFactory, job: Job) -> None:
    task = await _stored(begin, job, attempt=1)
    await _claim(begin, task)

    assert not await _renew(begin, task, attempt=1, now=NOW)
    assert await _renew(begin, task, attempt=2, now=NOW)


@pytest.mark.parametrize("status", [TaskStatus.PENDING, TaskStatus.DONE, TaskStatus.DEAD])
async def test_only_a_leased_task_is_renewed(begin: UnitOfWorkFactory, job: Job, status: TaskStatus) -> None:
    task = await _stored(begin, job, attempt=1, status=status, lease_until=NOW + LEASE)

    assert not await _renew(begin, task, attempt=1, now=NOW)


async def test_expired_leases_come_longest_overdue_first(begin: UnitOfWorkFactory, job: Job) -> None:
    leased = {"status": TaskStatus.LEASED}
    just = await _stored(begin, job, lease_until=NOW, **leased)
    long_ago = await _stored(begin, job, lease_until=NOW - 9 * SECOND, **leased)
    await _stored(begin, job, lease_until=NOW + SECOND, **leased)
    await _stored(begin, job, lease_until=NOW - SECOND, status=TaskStatus.DONE)

    async with begin() as tx:
        assert await tx.leases.expired(now=NOW, limit=9) == [long_ago.id, just.id]
        assert await tx.leases.expired(now=NOW, limit=1) == [long_ago.id]


async def test_waiting_tasks_of_a_kind_come_longest_waiting_first(begin: UnitOfWorkFactory, job: Job) -> None:
    lately = await _stored(begin, job, available_at=NOW - SECOND)
    long_ago = await _stored(begin, job, available_at=NOW - 9 * SECOND)
    await _stored(begin, job, available_at=NOW)
    await _stored(begin, job, available_at=NOW - SECOND, status=TaskStatus.LEASED)
    video = await _stored(begin, job, available_at=NOW - SECOND, kind=TaskKind.VIDEO)

    async with begin() as tx:
        assert await tx.leases.waiting(TaskKind.IMAGE, available_before=NOW, limit=9) == [long_ago.id, lately.id]
        assert await tx.leases.waiting(TaskKind.IMAGE, available_before=NOW, limit=1) == [long_ago.id]
        assert await tx.leases.waiting(TaskKind.VIDEO, available_before=NOW, limit=9) == [video.id]


async def test_a_task_of_a_media_is_leased_like_any_other(begin: UnitOfWorkFactory) -> None:
    task = build_task(work=build_media_work())
    await store(begin, task)
    async with begin() as tx:
        assert await tx.leases.waiting(TaskKind.IMAGE, available_before=NOW + SECOND, limit=9) == [task.id]

    claimed = await _claim(begin, task)

    assert claimed is not None
    assert (claimed.work, claimed.attempt) == (task.work, 1)
    assert await _renew(begin, task, attempt=1, now=NOW)
    async with begin() as tx:
        assert await tx.leases.expired(now=NOW + LEASE, limit=9) == [task.id]


async def test_the_tasks_of_a_job_come_by_id(begin: UnitOfWorkFactory, job: Job) -> None:
    tasks = [build_task(job) for _ in range(5)]
    async with begin() as tx:
        await tx.tasks.add(list(reversed(tasks)))
        await tx.commit()
    await _stored(begin, await stored_job(begin))
    await store(begin, build_task(work=build_media_work()))

    async with begin() as tx:
        assert await tx.tasks.of_job(job.id) == tasks
