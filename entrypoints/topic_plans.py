"""How each topic is kept."""

from collections.abc import Sequence
from datetime import timedelta

from adapters.kafka.publisher import LARGEST_MESSAGE
from adapters.kafka.topics import TopicPlan
from application.events.routing import dead_letter_topic
from entrypoints.settings import Settings
from entrypoints.topics import INBOUND, OUTBOUND, WORK

_WORK_KEPT = timedelta(days=2)
"""Pointers only: what they point to is in the database, and workers find it there too."""
_EVENTS_KEPT = timedelta(days=14)
_DEAD_LETTERS_KEPT = timedelta(days=60)
_LARGEST_EVENT = 1 << 20


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
