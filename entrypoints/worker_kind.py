from enum import StrEnum

from domain.jobs.task import TaskKind


class WorkerKind(StrEnum):
    """What a worker works on: tasks of one kind, or deletions, which are no tasks."""

    IMAGE = TaskKind.IMAGE.value
    VIDEO = TaskKind.VIDEO.value
    ARCHIVE = TaskKind.ARCHIVE.value
    LINK = TaskKind.LINK.value
    DELETION = "deletion"
