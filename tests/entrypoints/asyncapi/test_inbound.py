"""What the document says that Vitrine takes is what its consumers take: no more, no less."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from application.events.routing import LISTINGS_TOPIC, PIPELINE_RESULTS_TOPIC, STORAGE_TOPIC
from application.ports.messaging import Delivery
from domain.errors import Rejected
from entrypoints.asyncapi.inbound import inbound_messages
from entrypoints.asyncapi.messages import MessageKind
from entrypoints.asyncapi.storage import storage_messages
from entrypoints.consumer.handling import Handler, Outcome
from entrypoints.consumer.listings import ListingMessages
from entrypoints.consumer.pipeline_results import PipelineResults
from entrypoints.consumer.storage.messages import StorageMessages
from entrypoints.reading.json_body import read_json
from entrypoints.topics import INBOUND
from tests.application.stubs import RecordingLog, RecordingTelemetry
from tests.entrypoints.asyncapi.described import document, validator
from tests.entrypoints.consumer.deliveries import delivered

INBOUND_KINDS = [*inbound_messages(), *storage_messages()]
SHOWN = [(kind, example) for kind in INBOUND_KINDS for example in kind.examples]
CLOUD_EVENTS = [(kind, example) for kind, example in SHOWN if "ce_type" in example["headers"]]
BODIES = [(kind.payload, example["payload"]) for kind, example in SHOWN if isinstance(kind.payload, type)]


async def applied(_: object) -> Any:
    """Stands in for every use case: something came of it."""
    return True


HANDLERS: Mapping[str, Handler] = {
    LISTINGS_TOPIC: ListingMessages(take_listing=applied, take_booking=applied),  # type: ignore[arg-type]
    PIPELINE_RESULTS_TOPIC: PipelineResults(
        apply_callback=applied,  # type: ignore[arg-type]
        telemetry=RecordingTelemetry(),
        log=RecordingLog(),
    ),
    STORAGE_TOPIC: StorageMessages(route=applied),  # type: ignore[arg-type]
}


def arriving(kind: MessageKind, example: Mapping[str, Any]) -> Delivery:
    return delivered(example["payload"], topic=kind.topics[0], headers=example["headers"])


async def is_taken(kind: MessageKind, example: Mapping[str, Any]) -> bool:
    try:
        return await HANDLERS[kind.topics[0]](arriving(kind, example)) is Outcome.APPLIED
    except Rejected:
        return False


def test_every_inbound_topic_has_messages() -> None:
    assert {topic for kind in INBOUND_KINDS for topic in kind.topics} == set(HANDLERS) == set(INBOUND)


@pytest.mark.parametrize(("kind", "example"), SHOWN, ids=[kind.name for kind, _ in SHOWN])
async def test_examples_are_taken(kind: MessageKind, example: Mapping[str, Any]) -> None:
    assert await is_taken(kind, example)


@pytest.mark.parametrize(("kind", "example"), CLOUD_EVENTS, ids=[kind.name for kind, _ in CLOUD_EVENTS])
@pytest.mark.parametrize(
    "broken",
    [
        *({name: None} for name in ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type")),
        *({name: ""} for name in ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time")),
        {"ce_specversion": "0.3"},
        {"ce_id": "7" * 1_000},
        {"ce_id": "7" * 1_001},
        {"ce_time": "yesterday"},
        {"ce_time": "2025-05-04T12:30:15"},
        {"ce_time": "2025-05-04T14:30:15.5+02:00"},
        {"ce_type": "vitrine.something.else"},
        {"traceparent": None, "x": "y"},
    ],
    ids=str,
)
async def test_headers_are_taken_if_and_only_if_they_are_as_described(
    kind: MessageKind, example: Mapping[str, Any], broken: Mapping[str, str | None]
) -> None:
    changed = {**example["headers"], **broken}
    headers = {name: value for name, value in changed.items() if value is not None}
    described = validator(document()["components"]["messages"][kind.name]["headers"])

    assert described.is_valid(headers) == await is_taken(kind, {**example, "headers": headers})


ODD: list[Any] = [None, True, 0, 1, -1, 1.5, 2**31, 2**63, 10**18, "", "x", "12", [], [[]], {}, {"x": 1}]
PLAUSIBLE: list[Any] = [
    *("DONE", "PROPERTY", "SUCCEEDED", "2025-05-04T12:30:15Z", "2025-05-04T12:30:15", "12:30"),
    "0197a1f0-3c00-7000-8000-000000000001",
    "0197a1f0-3c00-7000-8000-00000000000",
]


@st.composite
def changed_bodies(draw: st.DrawFn) -> tuple[type[Struct], Any]:
    """An example with one to three members taken away, put in or put in another's place."""
    expected, example = draw(st.sampled_from(BODIES))
    body = deepcopy(example)
    for _ in range(draw(st.integers(1, 3))):
        container = draw(st.sampled_from(_containers(body)))
        keys: list[Any] = list(container) if isinstance(container, dict) else list(range(len(container)))
        change = draw(st.sampled_from(["remove", "replace", "add"] if keys else ["add"]))
        if change == "remove":
            del container[draw(st.sampled_from(keys))]
            continue
        value = deepcopy(draw(st.sampled_from([*ODD, *PLAUSIBLE])))
        if change == "replace":
            container[draw(st.sampled_from(keys))] = value
        elif isinstance(container, dict):
            container[draw(st.sampled_from(["more", "Records", "size", "etag", "zip", "error"]))] = value
        else:
            container.append(value)
    return expected, body


def _containers(node: Any) -> list[Any]:
    if not isinstance(node, dict | list):
        return []
    inner = node.values() if isinstance(node, dict) else node
    return [node, *(found for child in inner for found in _containers(child))]


@given(changed=changed_bodies())
def test_bodies_are_taken_if_and_only_if_they_are_as_described(changed: tuple[type[Struct], Any]) -> None:
    expected, body = changed
    described = validator({"$ref": f"#/components/schemas/{expected.__name__}"})
    try:
        read_json(json.dumps(body).encode(), expected)
        taken = True
    except Rejected:
        taken = False

    assert described.is_valid(body) == taken


def test_too_many_items_are_too_many() -> None:
    for kind, example in SHOWN:
        for name, value in example["payload"].items():
            if isinstance(value, list) and isinstance(kind.payload, type):
                many = {**example["payload"], name: [value[0]] * 1_001}
                assert not validator({"$ref": f"#/components/schemas/{kind.payload.__name__}"}).is_valid(many)
                with pytest.raises(Rejected):
                    read_json(json.dumps(many).encode(), kind.payload)
