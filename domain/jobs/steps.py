"""How far a run has come, step by step."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.assets.failure import FailureCode
from domain.jobs.job import Job, JobStatus
from domain.jobs.task import Stage, Task, TaskKind, TaskStatus


class StepStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`done` of `total` units: files, or 1 for the archive and the end. Halves of a file count as fractions."""

    name: Stage
    status: StepStatus
    done: float
    total: int


_ORDER = [Stage.VALIDATE, Stage.THUMBNAILS, Stage.TRANSCODE]


def steps_of(job: Job, tasks: Collection[Task]) -> list[Step]:
    """The five steps of a run. An external pipeline has no tasks: its steps move only when it reports."""
    files = [task for task in tasks if task.kind is not TaskKind.ARCHIVE]
    videos = [task for task in files if task.kind is TaskKind.VIDEO]
    archives = [task for task in tasks if task.kind is TaskKind.ARCHIVE]
    return [
        _file_step(Stage.VALIDATE, job, files, job.total),
        _file_step(Stage.THUMBNAILS, job, files, job.total),
        _file_step(Stage.TRANSCODE, job, videos, len(videos)),
        _archive_step(job, archives),
        _last_step(job),
    ]


def _file_step(stage: Stage, job: Job, tasks: Collection[Task], total: int) -> Step:
    if job.status.is_final:
        done: float = total
    else:
        done = round(sum(_share(task, stage) for task in tasks), 2)
    if total == 0:
        status = StepStatus.SKIPPED
    elif done >= total:
        status = StepStatus.FAILED if job.failed == job.total and job.status.is_final else StepStatus.DONE
    else:
        status = StepStatus.RUNNING if job.status is JobStatus.RUNNING else StepStatus.PENDING
    return Step(name=stage, status=status, done=done, total=total)


def _share(task: Task, stage: Stage) -> float:
    if task.status in {TaskStatus.DONE, TaskStatus.DEAD}:
        return 1
    if task.stage is None or task.stage not in _ORDER:
        return 0
    reached, asked = _ORDER.index(task.stage), _ORDER.index(stage)
    return task.progress if reached == asked else float(reached > asked)


def _archive_step(job: Job, archives: Collection[Task]) -> Step:
    if job.status.is_final:
        written = job.error_code is not FailureCode.ZIP_FAILED and all(
            task.status is TaskStatus.DONE for task in archives
        )
        return Step(
            name=Stage.ZIP,
            status=StepStatus.DONE if written else StepStatus.FAILED,
            done=float(written),
            total=1,
        )
    progress = max((task.progress for task in archives), default=0.0)
    running = any(task.status is TaskStatus.LEASED for task in archives)
    status = StepStatus.RUNNING if running else StepStatus.PENDING
    return Step(name=Stage.ZIP, status=status, done=progress, total=1)


def _last_step(job: Job) -> Step:
    status = StepStatus.DONE if job.status.is_final else StepStatus.PENDING
    return Step(name=Stage.FINALIZE, status=status, done=float(job.status.is_final), total=1)
