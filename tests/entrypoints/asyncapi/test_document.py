"""docs/asyncapi.json is what the types say, AsyncAPI says that it is sound, and no topic is missing."""

import json
import pkgutil
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from typer.testing import CliRunner

import entrypoints.consumer
from entrypoints.asyncapi.document import asyncapi_json
from entrypoints.cli.command_line import command_line
from entrypoints.consumer.media_deletions import DeletionPointer
from entrypoints.consumer.task_pointer import TaskPointer
from entrypoints.settings import Settings
from entrypoints.topic_plans import topic_plans
from entrypoints.topics import INBOUND, WORK
from tests.entrypoints.asyncapi.described import document, messages, validator, walk

COMMITTED = Path(__file__).parents[3] / "docs" / "asyncapi.json"
SPECIFICATION = Path(__file__).parent / "specification" / "3.0.0.json"


def test_the_committed_document_is_up_to_date() -> None:
    up_to_date = COMMITTED.read_text(encoding="utf-8") == asyncapi_json() + "\n"
    assert up_to_date, "messages have changed: look at `make asyncapi && git diff docs/asyncapi.json`, and commit it"


def test_the_command_prints_it() -> None:
    printed = CliRunner().invoke(command_line(), ["asyncapi"])
    assert (printed.exit_code, printed.stdout) == (0, asyncapi_json() + "\n")


def test_nothing_in_the_environment_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = asyncapi_json()
    monkeypatch.setenv("VITRINE_KAFKA_PARTITIONS", "3")
    monkeypatch.setenv("VITRINE_KAFKA_PREFIX", "test.")
    assert asyncapi_json() == before


def test_it_is_what_asyncapi_takes() -> None:
    specification = Draft7Validator(json.loads(SPECIFICATION.read_text(encoding="utf-8")))
    error = best_match(specification.iter_errors(document()))
    assert error is None, f"{error.json_path}: {error.message}" if error else ""
    broken: dict[str, Any] = {**document(), "operations": {"x": {"action": "publish", "channel": {"$ref": "#"}}}}
    assert not specification.is_valid(broken)


def test_every_reference_leads_somewhere() -> None:
    references = {node["$ref"] for node in walk(document()) if isinstance(node, dict) and "$ref" in node}
    assert references
    for reference in references:
        place: Any = document()
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_schema_is_one() -> None:
    schemas = [*document()["components"]["schemas"].values()]
    for message in messages().values():
        schemas += [message["headers"], message["payload"], message["bindings"]["kafka"]["key"]]
    for schema in schemas:
        Draft7Validator.check_schema(schema)


def test_every_message_shows_examples_of_itself() -> None:
    silent = {name for name, message in messages().items() if not message.get("examples")}
    assert silent == {"seaweedfs.filer"}, "which is no text"
    for name, message in messages().items():
        for example in message.get("examples", []):
            validator(message["headers"]).validate(example["headers"])
            validator(message["payload"]).validate(example["payload"])
            assert example["headers"].get("ce_type", name) == name


def test_every_message_has_words_of_its_own() -> None:
    """A dataclass without a docstring has its signature for one."""
    summaries = [message["summary"] for message in messages().values()]
    assert all(summary.endswith(".") and "(*," not in summary for summary in summaries), summaries
    assert len(set(summaries)) == len({message["title"] for message in messages().values()}) == len(summaries)
    assert all(message["name"] == name for name, message in messages().items())


def test_channels_are_the_topics_that_are_created() -> None:
    plans = {plan.name: plan for plan in topic_plans(Settings())}
    channels = document()["channels"]
    assert set(channels) == set(plans)
    for name, channel in channels.items():
        kafka = channel["bindings"]["kafka"]
        created = plans[name].settings
        assert channel["address"] == name
        assert channel["messages"], name
        assert kafka["partitions"] == plans[name].partitions
        assert {key: str(value) for key, value in kafka["topicConfiguration"].items()} == {
            "cleanup.policy": f"['{created['cleanup.policy']}']",
            "retention.ms": created["retention.ms"],
            "max.message.bytes": created["max.message.bytes"],
        }


def test_every_message_travels_somewhere() -> None:
    on_the_way = {name for channel in document()["channels"].values() for name in channel["messages"]}
    assert on_the_way == set(messages())


def test_operations_say_who_reads_and_who_writes() -> None:
    groups: dict[str, str] = {}
    written = set()
    for operation in document()["operations"].values():
        topic = operation["channel"]["$ref"].removeprefix("#/channels/")
        of_the_channel = {f"#/channels/{topic}/messages/{name}" for name in document()["channels"][topic]["messages"]}
        assert {message["$ref"] for message in operation["messages"]} == of_the_channel
        if operation["action"] == "receive":
            groups[operation["bindings"]["kafka"]["groupId"]["const"]] = topic
        else:
            written.add(topic)
    assert groups == {
        "vitrine.worker.image": "vitrine.tasks.image.v1",
        "vitrine.worker.video": "vitrine.tasks.video.v1",
        "vitrine.worker.archive": "vitrine.tasks.archive.v1",
        "vitrine.worker.link": "vitrine.tasks.link.v1",
        "media-deleted-sub": "vitrine.media-deletions.v1",
        "vitrine.listings": "vitrine.listings.v1",
        "vitrine.pipeline-results": "vitrine.pipeline-results.v1",
        "vitrine.storage": "vitrine.storage.v1",
    }
    assert set(groups.values()) == {*WORK, *INBOUND}
    assert written == set(document()["channels"]), "to inbound topics too: dead letters are replayed there"


def test_whatever_a_consumer_reads_is_described() -> None:
    """A Struct that a module below entrypoints/consumer decodes is a schema here, or it has been forgotten."""
    modules = [
        import_module(module.name)
        for module in pkgutil.walk_packages(entrypoints.consumer.__path__, "entrypoints.consumer.")
    ]
    decoded = {
        found.__name__
        for module in modules
        for _, found in getmembers(module, isclass)
        if issubclass(found, msgspec.Struct) and found.__module__ == module.__name__
    }
    assert decoded - {TaskPointer.__name__, DeletionPointer.__name__} <= set(document()["components"]["schemas"])
