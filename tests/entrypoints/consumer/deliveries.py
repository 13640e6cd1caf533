"""Messages as they arrive, built of what they say."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from application.ports.messaging import Delivery
from tests.builders import IDS, NOW


def delivered(
    body: bytes | str | Mapping[str, Any],
    *,
    topic: str = "topic",
    key: bytes | None = None,
    place: str = "0/1",
    headers: Mapping[str, str] | None = None,
) -> Delivery:
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    return Delivery(
        topic=topic,
        place=place,
        key=key,
        headers={name: value.encode() for name, value in (headers or {}).items()},
        body=body,
    )


def cloud_event(
    kind: str, data: Any, *, time: datetime | None = NOW, event_id: str | None = None, topic: str = "topic"
) -> Delivery:
    """In binary mode."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": event_id or str(IDS.new()),
        "ce_source": "/marketplace",
        "ce_type": kind,
        "content-type": "application/json",
    }
    if time is not None:
        headers["ce_time"] = time.isoformat()
    return delivered(data, topic=topic, headers=headers)
