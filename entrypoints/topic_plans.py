"""Every topic that Vitrine writes or reads, and how it is kept."""

from collections.abc import Sequence
from datetime import timedelta

from adapters.kafka.publisher import LARGEST_MESSAGE
from adapters.kafka.topics import TopicPlan
from application.events.routing import (
    LISTING_MEDIA_TOPIC,
    LISTINGS_TOPIC,
    MEDIA_DELETIONS_TOPIC,
    MEDIA_TOPIC,
    PIPELINE_RESULTS_TOPIC,
    STORAGE_TOPIC,
    dead_letter_topic,
    task_topic,
)
from domain.jobs.task import TaskKind
from entrypoints.settings import Settings

_WORK_KEPT = timedelta(days=2)
"""Pointers only: what they point to is in the database, and workers find it there too."""
_EVENTS_KEPT = timedelta(days=14)
_DEAD_LETTERS_KEPT = timedelta(days=60)
_LARGEST_EVENT = 1 << 20

OUTBOUND = [LISTING_MEDIA_TOPIC, MEDIA_TOPIC]
INBOUND = [LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC, STORAGE_TOPIC]
WORK = [*(task_topic(kind) for kind in TaskKind), MEDIA_DELETIONS_TOPIC]
"""What we tell our own workers."""


def topic_plans(settings: Settings) -> Sequence[TopicPlan]:
    def plan(name: str, keep: timedelta, largest: int, partitions: int) -> TopicPlan:
        return TopicPlan(
            name=name,
            keep=keep,
            largest_message=largest,
            partitions=partitions,
            replication=settings.kafka_replication,
        )

    many = settings.kafka_partitions
    return [
        *(plan(name, _WORK_KEPT, _LARGEST_EVENT, many) for name in WORK),
        *(plan(name, _EVENTS_KEPT, _LARGEST_EVENT, many) for name in [*OUTBOUND, *INBOUND]),
        *(plan(dead_letter_topic(name), _DEAD_LETTERS_KEPT, LARGEST_MESSAGE, 1) for name in [*WORK, *INBOUND]),
    ]
