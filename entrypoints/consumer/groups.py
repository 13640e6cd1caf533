"""Names of the groups of consumers. They stay, from release to release: a new name would read everything again."""

from domain.jobs.task import TaskKind

MEDIA_DELETED = "media-deleted-sub"
"""The deletion worker's."""


def worker_group(kind: TaskKind) -> str:
    return f"vitrine.worker.{kind}"


def inbound_group(topic: str) -> str:
    return topic.removesuffix(".v1")
