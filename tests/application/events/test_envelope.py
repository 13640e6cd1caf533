"""Every event has a topic, and reads as JSON in the spelling of the HTTP API."""

import json
from dataclasses import fields
from inspect import getmembers, isclass
from typing import Any
from uuid import UUID

import pytest

from application.events.envelope import to_message
from application.events.routing import topic_of
from domain.batches import events as batch_events
from domain.batches.events import BatchEvent, BatchFailed
from domain.events import Event
from domain.ids import BatchId, ListingId
from domain.jobs import events as job_events
from domain.jobs.events import JobEvent, TaskDied, TaskScheduled
from domain.listings import events as listing_events
from domain.media import events as media_events
from tests.builders import IDS, NOW

EVENTS: list[type[Event]] = [
    found
    for module in (batch_events, job_events, listing_events, media_events)
    for _, found in getmembers(module, isclass)
    if issubclass(found, Event) and isinstance(vars(found).get("type"), str)
]


def example(event: type[Event]) -> Any:
    return event(**{field.name: _value(field.name) for field in fields(event)})


def _value(name: str) -> Any:
    if name == "id" or name.endswith("_id"):
        return IDS.new()
    return NOW if name in {"occurred_at", "not_before"} else "image"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_event_has_a_topic_and_a_type_of_its_own(event: type[Event]) -> None:
    made = example(event)
    assert topic_of(made).startswith("vitrine.")
    assert [other for other in EVENTS if other.type == event.type] == [event]
    message = to_message(made, message_id=IDS.new(), headers={"traceparent": "00-1-1-01"})
    assert (message.type, message.key, message.headers) == (event.type, str(made.key), {"traceparent": "00-1-1-01"})
    assert len(json.loads(message.payload)) == len(fields(event))


def test_a_payload_is_camel_case_with_ids_and_times_as_text() -> None:
    batch_id, listing_id = BatchId(IDS.new()), ListingId(IDS.new())
    event = BatchFailed(batch_id=batch_id, listing_id=listing_id, code="ZIP_FAILED", occurred_at=NOW)
    message = to_message(event, message_id=UUID(int=7), headers={})
    assert json.loads(message.payload) == {
        "occurredAt": "2025-05-04T12:30:15.123456Z",
        "batchId": str(batch_id),
        "listingId": str(listing_id),
        "code": "ZIP_FAILED",
    }
    assert (message.id, message.topic, message.key) == (UUID(int=7), "vitrine.listing-media.v1", str(batch_id))


def test_kinds_of_tasks_travel_apart_and_the_dead_apart_from_the_living() -> None:
    assert topic_of(example(TaskScheduled)) == "vitrine.tasks.image.v1"
    assert topic_of(example(TaskDied)) == "vitrine.tasks.image.v1.dlq"


def test_an_event_without_a_topic_is_found_at_once() -> None:
    class SomethingHappened(Event):
        @property
        def key(self) -> UUID:
            return UUID(int=1)

    with pytest.raises(LookupError):
        topic_of(SomethingHappened(occurred_at=NOW))


def test_the_events_of_a_batch_and_its_jobs_share_a_key() -> None:
    for event in EVENTS:
        if issubclass(event, BatchEvent | JobEvent):
            made = example(event)
            assert made.key == made.batch_id
