"""Headers of messages, as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from application.events.cloud_events import SOURCE
from entrypoints.asyncapi.payloads import SCHEMAS

OURS, THEIRS = "CloudEventHeaders", "InboundCloudEventHeaders"
_TRACEPARENT = {
    "type": "string",
    "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",
    "description": "W3C Trace Context: whoever goes on from here belongs to the same trace.",
}
_ATTRIBUTE = {"type": "string", "minLength": 1, "maxLength": 1_000}
_TIME = {"type": "string", "format": "date-time"}

HEADER_SCHEMAS: Mapping[str, Any] = {
    OURS: {
        "title": OURS,
        "description": "CloudEvents 1.0, in the binary mode of the Kafka binding.",
        "type": "object",
        "properties": {
            "ce_specversion": {"type": "string", "const": "1.0"},
            "ce_id": {
                "type": "string",
                "format": "uuid",
                "description": "With `ce_source` the identity of the event: the same however often it arrives.",
            },
            "ce_source": {"type": "string", "const": SOURCE},
            "ce_type": {"type": "string"},
            "ce_time": {**_TIME, "description": "When it happened, in UTC."},
            "content-type": {"type": "string"},
            "traceparent": _TRACEPARENT,
        },
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"],
    },
    THEIRS: {
        "title": THEIRS,
        "description": "CloudEvents 1.0 in binary mode. The structured mode, `application/cloudevents+json` with "
        "attributes and data in the value, is read as well.",
        "type": "object",
        "properties": {
            "ce_specversion": {"type": "string", "const": "1.0"},
            "ce_id": {**_ATTRIBUTE, "description": "With `ce_source` it tells an event that came before."},
            "ce_source": _ATTRIBUTE,
            "ce_type": {"type": "string", "description": "Types that Vitrine does not know are ignored."},
            "ce_time": {**_TIME, "description": "When it was so, with an offset."},
            "content-type": {"type": "string", "description": "JSON when left out."},
            "traceparent": _TRACEPARENT,
        },
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type"],
    },
}

_REJECTION: Mapping[str, Any] = {
    "properties": {
        "vitrine-error-code": {"type": "string", "description": "Why it was given up on, for programs."},
        "vitrine-error-detail": {"type": "string", "description": "Why, for people; in one line, perhaps cut short."},
        "vitrine-topic": {"type": "string", "description": "Where it arrived."},
        "vitrine-place": {"type": "string", "description": "Where it lies there: `partition/offset`."},
        "vitrine-consumer": {"type": "string", "description": "The group of consumers that gave up on it."},
        "vitrine-attempts": {"type": "string", "pattern": "^[0-9]+$", "description": "How often it was tried."},
        "vitrine-letter": {"type": "string", "format": "uuid", "description": "The id by which it can be replayed."},
    },
    "patternProperties": {"^original-": {"type": "string", "description": "A header that it came with."}},
}


def cloud_event(
    headers: str, *, type_: str, content_type: str | None = None, needs_time: bool = False
) -> dict[str, Any]:
    """Those of one type, narrowed down from `OURS` or `THEIRS`."""
    fixed = {"ce_type": type_} if content_type is None else {"ce_type": type_, "content-type": content_type}
    return {
        "type": "object",
        "allOf": [{"$ref": SCHEMAS + headers}],
        "properties": {name: {"type": "string", "const": value} for name, value in fixed.items()},
        **({"required": ["ce_time"]} if needs_time else {}),
    }


def rejection(*, type_: str, content_type: str) -> dict[str, Any]:
    narrowed = cloud_event(OURS, type_=type_, content_type=content_type)
    return {
        **narrowed,
        "properties": {**narrowed["properties"], **_REJECTION["properties"]},
        "patternProperties": _REJECTION["patternProperties"],
        "required": list(_REJECTION["properties"]),
    }
