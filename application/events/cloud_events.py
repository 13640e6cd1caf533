"""CloudEvents 1.0 (https://cloudevents.io) as messages carry them: attributes in the headers, data as the body.

This is the binary mode of the Kafka binding. Of what arrives the structured mode is read too, where the body is one
JSON object with attributes and data.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from application.ports.messaging import JSON, Delivery, Message
from domain.errors import Rejected

SOURCE = "/vitrine"
_VERSION = "1.0"
_PREFIX = "ce_"
_STRUCTURED = "application/cloudevents+json"
_LONGEST = 1_000
"""Bytes of an attribute: source and id together are a key of our tables."""


class NotACloudEvent(Rejected):
    code = "NOT_A_CLOUD_EVENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """An event of somebody else. `time` is when it happened, in UTC."""

    id: str
    source: str
    type: str
    time: datetime | None
    data: bytes

    @property
    def identity(self) -> str:
        """Unique among all events of all sources."""
        return f"{self.source} {self.id}"


def to_headers(message: Message) -> dict[str, str]:
    """What goes beside the payload. A message without a type is passed on, with no headers but those it has."""
    if not message.type:
        return dict(message.headers)
    return {
        "ce_specversion": _VERSION,
        "ce_id": str(message.id),
        "ce_source": SOURCE,
        "ce_type": message.type,
        "ce_time": message.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "content-type": message.content_type,
        **message.headers,
    }


def read_cloud_event(delivery: Delivery) -> CloudEvent:
    """Raises NotACloudEvent, which says what is wrong."""
    headers = {name.lower(): value.decode(errors="replace") for name, value in delivery.headers.items()}
    content_type = headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if content_type == _STRUCTURED:
        attributes, data = _structured(delivery.body)
    else:
        attributes = {name.removeprefix(_PREFIX): value for name, value in headers.items() if name.startswith(_PREFIX)}
        data = delivery.body
    return _event(attributes, data)


def _structured(body: bytes) -> tuple[Mapping[str, Any], bytes]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotACloudEvent("the body is not JSON") from error
    if not isinstance(envelope, dict):
        raise NotACloudEvent("the body is not a JSON object")
    if "data_base64" in envelope:
        try:
            return envelope, b64decode(envelope["data_base64"], validate=True)
        except (TypeError, ValueError) as error:
            raise NotACloudEvent("data_base64 is not Base64") from error
    return envelope, json.dumps(envelope.get("data")).encode()


def _event(attributes: Mapping[str, Any], data: bytes) -> CloudEvent:
    version = attributes.get("specversion")
    if version != _VERSION:
        raise NotACloudEvent(
            f"specversion is {str(version)[:20]!r}, not {_VERSION!r}: is ce_specversion among the headers?"
        )
    required = {name: attributes.get(name) for name in ("id", "source", "type")}
    for name, value in required.items():
        if not _is_text(value):
            raise NotACloudEvent(f"{name} is missing, or no text of at most {_LONGEST} bytes")
    return CloudEvent(
        id=str(required["id"]),
        source=str(required["source"]),
        type=str(required["type"]),
        time=_moment(attributes.get("time")),
        data=data,
    )


def _is_text(value: Any) -> bool:
    """True for what the database takes as text, too."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        return 0 < len(value.encode()) <= _LONGEST
    except UnicodeEncodeError:
        return False


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise NotACloudEvent("time has no offset")
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotACloudEvent("time is not an RFC 3339 timestamp") from error
