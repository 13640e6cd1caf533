"""An event as a message: JSON in the spelling of the HTTP API, but for messages that are passed on as they are."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from application.events.passing_on import to_rejected, to_replayed
from application.events.routing import topic_of
from application.ports.messaging import Message
from domain.dead_letters.events import MessageRejected, MessageReplayed
from domain.events import Event


def to_message(event: Event, *, message_id: UUID, headers: Mapping[str, str]) -> Message:
    """Wrap an event for its topic."""
    match event:
        case MessageRejected():
            return to_rejected(event, message_id=message_id, headers=headers)
        case MessageReplayed():
            return to_replayed(event, message_id=message_id, headers=headers)
        case _:
            return Message(
                id=message_id,
                topic=topic_of(event),
                key=str(event.key),
                type=event.type,
                payload=payload_of(event),
                occurred_at=event.occurred_at,
                headers=headers,
            )


def payload_of(event: Event) -> bytes:
    """Names are camelCase, ids and times are text."""
    return json.dumps(_members(event), separators=(",", ":")).encode()


def _members(record: Any) -> dict[str, Any]:
    return {camel(field.name): _plain(getattr(record, field.name)) for field in dataclasses.fields(record)}


@cache
def camel(name: str) -> str:
    """A field's name as payloads spell it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case tuple():
            return [_plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return _members(value)
        case _:
            return value
