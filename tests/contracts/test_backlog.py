from datetime import timedelta

from application.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import JobStatus
from domain.jobs.task import TaskKind, TaskStatus
from domain.media.media import MediaStatus
from tests.builders import NOW, build_job, build_media, build_task
from tests.contracts.stored import store, stored_batch, stored_job

SECOND = timedelta(seconds=1)


async def test_jobs_in_flight_are_pending_or_running(begin: UnitOfWorkFactory) -> None:
    batch = await stored_batch(begin)
    jobs = [build_job(batch, attempt=number, status=status) for number, status in enumerate(JobStatus, start=1)]
    await store(begin, *jobs)

    async with begin() as tx:
        assert await tx.backlog.jobs_in_flight() == 2


async def test_the_longest_wait_of_each_kind(begin: UnitOfWorkFactory) -> None:
    job = await stored_job(begin)
    await store(
        begin,
        build_task(job, kind=TaskKind.IMAGE, available_at=NOW - 2 * SECOND),
        build_task(job, kind=TaskKind.IMAGE, available_at=NOW - 5 * SECOND),
        build_task(job, kind=TaskKind.IMAGE, available_at=NOW - 9 * SECOND, status=TaskStatus.DONE),
        build_task(job, kind=TaskKind.VIDEO, available_at=NOW + 9 * SECOND),
    )

    async with begin() as tx:
        waiting = await tx.backlog.oldest_waiting(now=NOW)

    assert waiting == dict.fromkeys(TaskKind, 0 * SECOND) | {TaskKind.IMAGE: 5 * SECOND}


async def test_the_longest_wait_for_the_deletion_worker(begin: UnitOfWorkFactory) -> None:
    async with begin() as tx:
        assert await tx.backlog.oldest_deletion(now=NOW) == timedelta()
    await store(
        begin,
        build_media(status=MediaStatus.DELETE_REQUESTED, updated_at=NOW - 2 * SECOND),
        build_media(status=MediaStatus.DELETE_REQUESTED, updated_at=NOW - 5 * SECOND),
        build_media(status=MediaStatus.DELETE_FAILED, updated_at=NOW - 7 * SECOND),
        build_media(status=MediaStatus.READY, updated_at=NOW - 9 * SECOND),
    )

    async with begin() as tx:
        assert await tx.backlog.oldest_deletion(now=NOW) == 5 * SECOND
