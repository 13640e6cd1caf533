"""What Vitrine does with each topic: also which of them it must be allowed to write and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
from entrypoints.asyncapi.messages import BINDING, MessageKind
from entrypoints.consumer.groups import MEDIA_DELETED, inbound_group, worker_group


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    name: str
    action: Literal["send", "receive"]
    summary: str
    group: str | None = None


def operations(topic: str, kinds: Sequence[MessageKind]) -> dict[str, Any]:
    """Operation Objects of AsyncAPI by name."""
    messages = [{"$ref": f"#/channels/{topic}/messages/{kind.name}"} for kind in kinds]
    return {
        operation.name: {
            "action": operation.action,
            "channel": {"$ref": f"#/channels/{topic}"},
            "summary": operation.summary,
            **_read_by(operation.group),
            "messages": messages,
        }
        for operation in _OPERATIONS[topic]
    }


def _read_by(group: str | None) -> dict[str, Any]:
    if group is None:
        return {}
    return {"bindings": {"kafka": {"groupId": {"type": "string", "const": group}, "bindingVersion": BINDING}}}


def _of_tasks(kind: TaskKind) -> Mapping[str, Sequence[_Operation]]:
    topic, name = task_topic(kind), kind.capitalize()
    return {
        topic: [
            _Operation(name=f"announce{name}Task", action="send", summary="Tell workers that a task waits."),
            _Operation(
                name=f"takeUp{name}Task",
                action="receive",
                summary="Claim the task and work on it, unless somebody else has claimed it.",
                group=worker_group(kind),
            ),
        ],
        **_of_dead_letters(topic, f"{name}Task"),
    }


def _of_inbound(topic: str, name: str) -> Mapping[str, Sequence[_Operation]]:
    return {
        topic: [
            _Operation(
                name=f"take{name}",
                action="receive",
                summary="Take over what it says, unless it came before or something newer is known.",
                group=inbound_group(topic),
            ),
            _Operation(
                name=f"replay{name}",
                action="send",
                summary="Send a message that was given up on again, with its own headers, when somebody asks for it.",
            ),
        ],
        **_of_dead_letters(topic, name),
    }


def _of_dead_letters(topic: str, name: str) -> Mapping[str, Sequence[_Operation]]:
    summary = "Put a message or a task aside that nothing more can be done with."
    return {dead_letter_topic(topic): [_Operation(name=f"giveUp{name}", action="send", summary=summary)]}


_OF_DELETIONS: Mapping[str, Sequence[_Operation]] = {
    MEDIA_DELETIONS_TOPIC: [
        _Operation(name="requestDeletion", action="send", summary="Call the deletion worker."),
        _Operation(
            name="takeUpDeletion",
            action="receive",
            summary="End every use of the media, then the media itself, unless that is done.",
            group=MEDIA_DELETED,
        ),
    ],
    **_of_dead_letters(MEDIA_DELETIONS_TOPIC, "Deletion"),
}

_OPERATIONS: Mapping[str, Sequence[_Operation]] = {
    LISTING_MEDIA_TOPIC: [_Operation(name="tellEvents", action="send", summary="Tell what has happened.")],
    MEDIA_TOPIC: [_Operation(name="tellMediaEvents", action="send", summary="Tell what becomes of media.")],
    **{topic: found for kind in TaskKind for topic, found in _of_tasks(kind).items()},
    **_OF_DELETIONS,
    **_of_inbound(LISTINGS_TOPIC, "ListingFacts"),
    **_of_inbound(PIPELINE_RESULTS_TOPIC, "PipelineReport"),
    **_of_inbound(STORAGE_TOPIC, "StorageNotification"),
}
