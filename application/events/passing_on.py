"""Messages of somebody else, passed on byte for byte."""

from collections.abc import Mapping
from uuid import UUID

from application.events.routing import topic_of
from application.ports.messaging import Message
from domain.dead_letters.events import MessagePassedOn, MessageRejected, MessageReplayed

_OCTETS = "application/octet-stream"
_ORIGINAL = "original-"
_MOST_DETAIL = 500


def to_rejected(event: MessageRejected, *, message_id: UUID, headers: Mapping[str, str]) -> Message:
    """For the dead-letter topic. Headers say what was wrong; those that it came with are there as `original-<name>`.

    The bytes are of no type that could be relied on, whatever their own content type says.
    """
    message = event.message
    return Message(
        id=message_id,
        topic=topic_of(event),
        key=_key(event),
        type=event.type,
        payload=message.body,
        content_type=_OCTETS,
        occurred_at=event.occurred_at,
        headers={
            **headers,
            **{_ORIGINAL + name: value for name, value in message.headers.items()},
            "vitrine-error-code": event.error_code,
            "vitrine-error-detail": _one_line(event.error_detail),
            "vitrine-topic": message.topic,
            "vitrine-place": message.place,
            "vitrine-consumer": event.consumer,
            "vitrine-attempts": str(event.attempts),
            "vitrine-letter": str(event.letter_id),
        },
    )


def to_replayed(event: MessageReplayed, *, message_id: UUID, headers: Mapping[str, str]) -> Message:
    """For its own topic, with the headers that it came with: its `ce_id` tells whether a consumer has dealt with it.

    Without a type, no CloudEvent of ours is made of it.
    """
    message = event.message
    return Message(
        id=message_id,
        topic=topic_of(event),
        key=_key(event),
        type="",
        payload=message.body,
        content_type=_OCTETS,
        occurred_at=event.occurred_at,
        headers={**headers, **message.headers},
    )


def _key(event: MessagePassedOn) -> str:
    """That of the original; the letter's id in place of one that is no text, or is not there."""
    try:
        key = (event.message.key or b"").decode()
    except UnicodeDecodeError:
        key = ""
    return key if key and "\0" not in key else str(event.letter_id)


def _one_line(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:_MOST_DETAIL]
