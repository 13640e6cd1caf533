"""What a client sees of a run: five steps, always, that only ever go forward."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets.failure import FailureCode
from domain.jobs.job import Job, JobStatus, Provider
from domain.jobs.steps import Step, StepStatus, steps_of
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus
from tests.builders import NOW, build_job, build_task

NAMES = [Stage.VALIDATE, Stage.THUMBNAILS, Stage.TRANSCODE, Stage.ZIP, Stage.FINALIZE]
kinds = st.lists(st.sampled_from([TaskKind.IMAGE, TaskKind.VIDEO]), max_size=5)


def steps_by_name(job: Job, tasks: list[Task]) -> dict[Stage, Step]:
    steps = steps_of(job, tasks)
    assert [step.name for step in steps] == NAMES
    assert all(0 <= step.done <= step.total for step in steps)
    return {step.name: step for step in steps}


def work_on(job: Job, task: Task, *, fails: bool) -> Iterator[None]:
    """All that a worker lets others see of its work on one file, in order."""
    job.start(now=NOW)
    task.status = TaskStatus.LEASED
    yield
    for stage in (Stage.VALIDATE, Stage.TRANSCODE if task.kind is TaskKind.VIDEO else Stage.THUMBNAILS):
        for progress in (0.0, 0.3, 1.0):
            task.stage, task.progress = stage, progress
            yield
    task.status = TaskStatus.DEAD if fails else TaskStatus.DONE
    job.asset_ended(failed=fails)
    yield


@given(kinds, st.data())
def test_a_run_only_goes_forward(files: list[TaskKind], data: st.DataObject) -> None:
    job = build_job(total=len(files))
    tasks = [build_task(job, kind=kind) for kind in files]
    fails = [data.draw(st.booleans()) for _ in files]
    working = [work_on(job, task, fails=failed) for task, failed in zip(tasks, fails, strict=True)]
    seen = steps_by_name(job, tasks)
    assert all(step.status in {StepStatus.PENDING, StepStatus.SKIPPED} for step in seen.values())

    def look() -> None:
        nonlocal seen
        now = steps_by_name(job, tasks)
        for name in NAMES:
            assert now[name].done >= seen[name].done
            assert now[name].total == seen[name].total
        seen = now

    while working:
        worker = data.draw(st.sampled_from(working))
        if next(worker, "ended") == "ended":
            working.remove(worker)
        look()
    archive = build_task(job, kind=TaskKind.ARCHIVE, status=TaskStatus.LEASED, stage=Stage.ZIP)
    tasks.append(archive)
    for archive.progress in (0.0, 0.5, 1.0):
        look()
    job.start(now=NOW)
    archive.status = TaskStatus.DONE
    job.finish(failure=FailureCode.UNREADABLE_MEDIA if any(fails) else None, now=NOW)
    look()
    assert seen[Stage.FINALIZE].status is StepStatus.DONE
    assert all(step.done == step.total for step in seen.values())


def test_a_batch_without_videos_skips_the_transcode() -> None:
    job = build_job(total=1)
    assert steps_by_name(job, [build_task(job)])[Stage.TRANSCODE].status is StepStatus.SKIPPED


def test_a_run_for_the_archive_alone_skips_the_files() -> None:
    job = build_job(total=0)
    steps = steps_by_name(job, [build_task(job, kind=TaskKind.ARCHIVE)])
    assert [steps[name].status for name in NAMES[:3]] == [StepStatus.SKIPPED] * 3
    assert steps[Stage.ZIP].status is StepStatus.PENDING


@pytest.mark.parametrize(
    ("task_status", "step_status"), [(TaskStatus.DONE, StepStatus.DONE), (TaskStatus.DEAD, StepStatus.FAILED)]
)
def test_the_zip_step_says_whether_the_archive_was_written(task_status: TaskStatus, step_status: StepStatus) -> None:
    job = build_job(status=JobStatus.FAILED, total=1, done=1)
    tasks = [build_task(job, status=TaskStatus.DONE), build_task(job, kind=TaskKind.ARCHIVE, status=task_status)]
    assert steps_by_name(job, tasks)[Stage.ZIP].status is step_status


def test_a_run_in_which_every_file_failed_says_so() -> None:
    job = build_job(status=JobStatus.FAILED, total=2, failed=2)
    steps = steps_by_name(job, [build_task(job, status=TaskStatus.DEAD) for _ in range(2)])
    assert steps[Stage.VALIDATE].status is StepStatus.FAILED
    assert steps[Stage.THUMBNAILS].status is StepStatus.FAILED


@pytest.mark.parametrize("status", JobStatus)
def test_an_external_run_has_five_steps_though_no_tasks(status: JobStatus) -> None:
    job = build_job(status=status, provider=Provider.EXTERNAL, total=3)
    steps = steps_by_name(job, [])
    assert steps[Stage.FINALIZE].done == float(status.is_final)
