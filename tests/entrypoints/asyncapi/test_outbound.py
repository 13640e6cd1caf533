"""Whatever is published is described, and what is described is what is published."""

import json
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib import import_module
from typing import Any

import pytest

import domain
from application.events.cloud_events import NotACloudEvent, to_headers
from application.events.envelope import to_message
from application.events.routing import topic_of
from application.ports.messaging import Delivery, Message
from domain.dead_letters.events import MessageReplayed
from domain.events import Event
from domain.ids import TaskId
from domain.jobs.events import TaskScheduled
from entrypoints.asyncapi.examples.events import EXAMPLES, TRACE
from entrypoints.asyncapi.outbound import event_types
from entrypoints.asyncapi.words import WORDS
from entrypoints.consumer.task_pointer import read_task_pointer
from tests.application.dead_letters.dying import NASTY, dead_batch
from tests.application.events.test_envelope import EVENTS, example
from tests.application.uploads import photo, video
from tests.application.world import World
from tests.builders import IDS
from tests.entrypoints.asyncapi.described import complaints, document, messages, validator

for module in pkgutil.walk_packages(domain.__path__, "domain."):
    import_module(module.name)
TYPED: list[type[Event]] = [event for event in event_types() if event is not MessageReplayed]


def published(event: Event) -> Message:
    return to_message(event, message_id=IDS.new(), headers=TRACE)


@pytest.mark.parametrize("event_type", event_types(), ids=lambda event_type: event_type.__name__)
def test_no_event_is_forgotten(event_type: type[Event]) -> None:
    """Of one that is sent back to where it came from, the description is there already."""
    shown = [event for event in EXAMPLES if type(event) is event_type]
    assert shown, f"show one in entrypoints/asyncapi/examples/events.py: {event_type.__name__}"
    for event in shown:
        described = document()["channels"][topic_of(event)]["messages"]
        assert (event.type in described) != (published(event).type == "")


def test_every_event_is_found() -> None:
    assert set(EVENTS) <= set(event_types())
    assert len({event_type.type for event_type in event_types()}) == len(event_types())


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: f"{type(event).__name__}-{topic_of(event)}")
def test_a_published_example_is_as_described(event: Event) -> None:
    if published(event).type:
        assert complaints(published(event)) == []


@pytest.mark.parametrize("event_type", EVENTS, ids=lambda event_type: event_type.__name__)
def test_any_event_has_exactly_the_members_that_are_described(event_type: type[Event]) -> None:
    payload = json.loads(published(example(event_type)).payload)
    schema = document()["components"]["schemas"][event_type.__name__]
    assert list(payload) == list(schema["properties"]) == schema["required"]


@pytest.mark.parametrize("event", [event for event in EXAMPLES if type(event) in EVENTS], ids=lambda event: event.type)
def test_a_member_that_is_missing_or_of_another_type_is_noticed(event: Event) -> None:
    described = validator(messages()[event.type]["payload"])
    payload = json.loads(published(event).payload)
    assert described.is_valid(payload)
    for broken in _broken(payload):
        assert not described.is_valid(broken), broken


def _broken(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in payload.items():
        yield {key: kept for key, kept in payload.items() if key != name}
        yield {**payload, name: {"another": "type"}}
        yield {**payload, name: 7 if isinstance(value, str) else "seven" if value is not None else 7}
        if name.endswith(("Id", "At", "Before")):
            yield {**payload, name: "seven"}
        if isinstance(value, list):
            yield from ({**payload, name: [item]} for item in _broken(value[0]))


@pytest.mark.parametrize("header", ["ce_id", "ce_source", "ce_type", "ce_time", "ce_specversion", "content-type"])
def test_headers_that_are_missing_or_of_another_kind_are_noticed(header: str) -> None:
    for event_type in TYPED:
        described = validator(messages()[event_type.type]["headers"])
        headers = to_headers(published(next(event for event in EXAMPLES if type(event) is event_type)))
        assert described.is_valid(headers)
        assert not described.is_valid({name: value for name, value in headers.items() if name != header})
        assert not described.is_valid({**headers, header: "other"})
        assert not described.is_valid({**headers, "traceparent": "other"})


async def test_what_the_life_of_batches_publishes_is_as_described(world: World) -> None:
    await world.open_listing()
    await world.announce([photo()], reference="never completed")
    ready = await world.receive([photo("one"), video("film")], reference="ready")
    await dead_batch(world, reference="with a file that kills its decoder")
    await world.retry_again(ready)
    world.clock.advance(world.limits.upload_window)
    await world.expire_uploads()
    await world.pointers()

    assert [complaint for message in world.publisher.messages for complaint in complaints(message)] == []
    seen = {message.type.removeprefix("vitrine.") for message in world.publisher.messages}
    assert seen >= {
        *("batch.opened", "batch.received", "batch.ready", "batch.failed", "batch.retried"),
        *("job.requested", "job.finished", "task.scheduled", "task.died"),
    }


async def test_however_bad_a_rejected_message_is_it_is_passed_on_as_described(world: World) -> None:
    for number, nasty in enumerate(NASTY):
        arrived = replace(nasty, place=f"0/{number}")
        await world.reject_message(arrived, consumer="vitrine.listings", error=NotACloudEvent("bad"), attempts=1)
    await world.pointers()

    assert len(world.publisher.messages) == len(NASTY)
    assert [complaint for message in world.publisher.messages for complaint in complaints(message)] == []


def test_workers_read_the_pointers_that_are_described() -> None:
    for event in EXAMPLES:
        if isinstance(event, TaskScheduled):
            message = published(event)
            headers = {name: value.encode() for name, value in to_headers(message).items()}
            arrived = Delivery(topic=message.topic, place="0/1", key=None, headers=headers, body=message.payload)
            assert read_task_pointer(arrived) == TaskId(event.task_id)


def test_words_are_those_of_fields_that_exist_and_examples_use_them() -> None:
    for (record, name), words in WORDS.items():
        assert name in {field.name for field in fields(record)}
        for event in EXAMPLES:
            if type(event) is record:
                assert getattr(event, name) in {*words, None}
