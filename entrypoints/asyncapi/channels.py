"""Topics, as Channel Objects of AsyncAPI."""

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Any

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
from domain.media import events as media_events
from entrypoints.asyncapi.messages import BINDING, MessageKind
from entrypoints.consumer import listings, media_deletions, pipeline_results
from entrypoints.consumer.storage import messages as storage
from entrypoints.topics import INBOUND, WORK


def _about_tasks(kind: TaskKind) -> str:
    return (
        f"Pointers to tasks of the kind {kind}, for workers. The tasks themselves are in the database: a pointer that "
        "is lost or comes twice does no harm."
    )


_ABOUT: Mapping[str, str] = {
    LISTING_MEDIA_TOPIC: "What becomes of batches, of the jobs that process them, and of listings that await media.",
    MEDIA_TOPIC: cleandoc(media_events.__doc__ or ""),
    MEDIA_DELETIONS_TOPIC: cleandoc(media_deletions.__doc__ or ""),
    LISTINGS_TOPIC: cleandoc(listings.__doc__ or ""),
    PIPELINE_RESULTS_TOPIC: cleandoc(pipeline_results.__doc__ or ""),
    STORAGE_TOPIC: cleandoc(storage.__doc__ or ""),
    **{task_topic(kind): _about_tasks(kind) for kind in TaskKind},
    **{dead_letter_topic(topic): f"What was given up on, of `{topic}`." for topic in [*WORK, *INBOUND]},
}


def channel(plan: TopicPlan, kinds: Sequence[MessageKind]) -> dict[str, Any]:
    settings = plan.settings
    return {
        "address": plan.name,
        "description": _ABOUT[plan.name],
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in kinds},
        "bindings": {
            "kafka": {
                "partitions": plan.partitions,
                "topicConfiguration": {
                    "cleanup.policy": settings["cleanup.policy"].split(","),
                    "retention.ms": int(settings["retention.ms"]),
                    "max.message.bytes": int(settings["max.message.bytes"]),
                },
                "bindingVersion": BINDING,
            }
        },
    }
