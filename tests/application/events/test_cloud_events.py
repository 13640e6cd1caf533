"""Whoever writes to our topics writes CloudEvents; whatever else arrives is told what is wrong with it."""

import json
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.events.cloud_events import CloudEvent, NotACloudEvent, read_cloud_event, to_headers
from application.ports.messaging import Delivery, Message
from tests.builders import IDS, NOW

BINARY = {"ce_specversion": "1.0", "ce_id": "7", "ce_source": "/market", "ce_type": "listing.upserted"}
STRUCTURED: dict[str, Any] = {"specversion": "1.0", "id": "7", "source": "/market", "type": "listing.upserted"}


def delivery(headers: dict[str, str], body: bytes = b'{"a":1}') -> Delivery:
    return Delivery(
        topic="t", place="0/1", key=None, headers={name: value.encode() for name, value in headers.items()}, body=body
    )


def structured(**attributes: Any) -> Delivery:
    return delivery(
        {"content-type": "application/cloudevents+json; charset=utf-8"}, json.dumps(STRUCTURED | attributes).encode()
    )


def test_what_we_write_is_what_we_read() -> None:
    message = Message(id=IDS.new(), topic="t", key="k", type="happened", payload=b"{}", occurred_at=NOW)

    assert read_cloud_event(delivery(to_headers(message), b"{}")) == CloudEvent(
        id=str(message.id), source="/vitrine", type="happened", time=NOW, data=b"{}"
    )


def test_headers_that_a_message_brings_stand_above_ours() -> None:
    """A message that is published again keeps its own id and source."""
    message = Message(
        id=IDS.new(), topic="t", key="k", type="x", payload=b"{}", occurred_at=NOW, headers={"ce_id": "theirs"}
    )

    assert to_headers(message)["ce_id"] == "theirs"


def test_binary_mode() -> None:
    event = read_cloud_event(delivery({**BINARY, "CE_Time": "2025-05-04T14:30:15.5+02:00", "content-type": "text/x"}))

    assert event == CloudEvent(
        id="7",
        source="/market",
        type="listing.upserted",
        time=datetime(2025, 5, 4, 12, 30, 15, 500_000, UTC),
        data=b'{"a":1}',
    )
    assert event.identity == "/market 7"


def test_structured_mode() -> None:
    assert read_cloud_event(structured(data={"a": 1})).data == b'{"a": 1}'
    assert read_cloud_event(structured(data_base64=b64encode(b"\xff\0").decode())).data == b"\xff\0"
    assert read_cloud_event(structured()).data == b"null"


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type"])
def test_a_missing_attribute_is_named(missing: str) -> None:
    headers = {name: value for name, value in BINARY.items() if name != f"ce_{missing}"}

    with pytest.raises(NotACloudEvent, match=missing):
        read_cloud_event(delivery(headers))


@pytest.mark.parametrize(
    "broken",
    [
        delivery({}),
        delivery({**BINARY, "ce_specversion": "0.3"}),
        delivery({**BINARY, "ce_id": ""}),
        delivery({**BINARY, "ce_id": "a\0b"}),
        delivery({**BINARY, "ce_time": "yesterday"}),
        delivery({**BINARY, "ce_time": "2025-05-04T12:30:15"}),
        delivery({**BINARY, "ce_time": "0001-01-01T00:00:00+14:00"}),
        delivery({"content-type": "application/cloudevents+json"}, b"["),
        delivery({"content-type": "application/cloudevents+json"}, b"[]"),
        delivery({"content-type": "application/cloudevents+json"}, b"[" * 100_000),
        structured(id=7),
        structured(id="half a character: \ud83d"),
        structured(id="é" * 501),
        structured(source="/" * 1_001),
        structured(time=7),
        structured(data_base64="?"),
        structured(data_base64=7),
    ],
)
def test_what_is_no_cloud_event_is_refused(broken: Delivery) -> None:
    with pytest.raises(NotACloudEvent):
        read_cloud_event(broken)


@given(
    headers=st.dictionaries(
        st.sampled_from([*BINARY, "ce_time", "content-type", "x"]),
        st.one_of(st.sampled_from(["1.0", "application/cloudevents+json"]), st.text(max_size=20)).map(
            lambda text: text.encode(errors="surrogatepass")
        ),
    ),
    body=st.one_of(st.binary(max_size=50), st.just(json.dumps(STRUCTURED).encode())),
)
def test_whatever_arrives_is_read_or_refused(headers: dict[str, bytes], body: bytes) -> None:
    with suppress(NotACloudEvent):
        event = read_cloud_event(Delivery(topic="t", place="0/1", key=None, headers=headers, body=body))
        assert all([event.id, event.source, event.type])
