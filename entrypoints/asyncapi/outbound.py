"""What Vitrine publishes: every event of the domain that has a type, so that none can be forgotten."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from application.events.cloud_events import to_headers
from application.events.envelope import camel, to_message
from application.ports.messaging import JSON, Message
from domain.dead_letters.events import MessageRejected
from domain.events import Event
from entrypoints.asyncapi.examples.events import EXAMPLES, MESSAGE_ID, TRACE
from entrypoints.asyncapi.headers import OURS, cloud_event, rejection
from entrypoints.asyncapi.messages import MessageKind, first_sentence
from entrypoints.asyncapi.payloads import about, payload_type


def event_types() -> Sequence[type[Event]]:
    """By the name that they travel under."""
    found = _below(Event)
    return sorted({event_type for event_type in found if _is_ours(event_type)}, key=lambda event_type: event_type.type)


def outbound_messages() -> Sequence[MessageKind]:
    """Raises LookupError for an event of which there is no example."""
    kinds = []
    for event_type in event_types():
        events = [event for event in EXAMPLES if type(event) is event_type]
        if not events:
            raise LookupError(f"{event_type.__name__} has no example in entrypoints/asyncapi/examples/events.py")
        messages = [to_message(event, message_id=MESSAGE_ID, headers=TRACE) for event in events]
        # Without a type it is somebody else's message on its way back to where it came from: described there.
        if messages[0].type:
            kinds.append(_rejected(messages) if event_type is MessageRejected else _kind(event_type, events, messages))
    return kinds


def _kind(event_type: type[Event], events: Sequence[Event], messages: Sequence[Message]) -> MessageKind:
    return MessageKind(
        name=event_type.type,
        title=_title(event_type),
        about=first_sentence(about(event_type)),
        topics=_topics(messages),
        payload=payload_type(event_type),
        key={"type": "string", "format": "uuid", "description": f"The {_key_member(events[0])}: order holds for each."},
        headers=cloud_event(OURS, type_=event_type.type, content_type=JSON),
        examples=[_example(message, json.loads(message.payload)) for message in messages],
    )


def _rejected(messages: Sequence[Message]) -> MessageKind:
    type_, content_type = MessageRejected.type, messages[0].content_type
    return MessageKind(
        name=type_,
        title=_title(MessageRejected),
        about=first_sentence(about(MessageRejected)),
        topics=_topics(messages),
        content_type=content_type,
        payload={"type": "string", "format": "binary", "description": "The bytes of the original, as they came."},
        key={"type": "string", "description": "That of the original; the letter's id where that is no text."},
        headers=rejection(type_=type_, content_type=content_type),
        examples=[_example(message, message.payload.decode()) for message in messages],
    )


def _below(event_type: type[Event]) -> Iterator[type[Event]]:
    for found in event_type.__subclasses__():
        yield found
        yield from _below(found)


def _is_ours(event_type: type[Event]) -> bool:
    """Of a dataclass with slots there is a second class, without them, which nobody uses."""
    module = sys.modules[event_type.__module__]
    in_use = vars(module).get(event_type.__name__) is event_type
    return in_use and module.__name__.startswith("domain.") and "type" in vars(event_type)


def _topics(messages: Sequence[Message]) -> Sequence[str]:
    return list(dict.fromkeys(message.topic for message in messages))


def _title(event_type: type[Event]) -> str:
    """`BatchReady` is "Batch ready"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event_type.__name__).capitalize()


def _key_member(event: Event) -> str:
    """Which of the payload's members the key is."""
    (name,) = (field.name for field in fields(event) if getattr(event, field.name) == event.key)
    return camel(name)


def _example(message: Message, payload: Any) -> Mapping[str, Any]:
    return {"headers": to_headers(message), "payload": payload}
