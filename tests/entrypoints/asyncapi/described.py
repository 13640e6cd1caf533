"""The document as a consumer uses it: to validate what arrives."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from application.events.cloud_events import to_headers
from application.ports.messaging import Message
from entrypoints.asyncapi.document import asyncapi_document

FORMATS = FormatChecker(["uuid"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def document() -> dict[str, Any]:
    """As JSON: what is not JSON does not come out as it went in."""
    described: dict[str, Any] = json.loads(json.dumps(asyncapi_document()))
    return described


def messages() -> Mapping[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document()["components"]["messages"]
    return found


def validator(schema: Mapping[str, Any]) -> Draft7Validator:
    """References lead into the document."""
    return Draft7Validator({"allOf": [schema], "components": document()["components"]}, format_checker=FORMATS)


def complaints(message: Message) -> list[str]:
    """What the document has against a message; a consumer finds the description by topic and type."""
    described = document()["channels"][message.topic]["messages"].get(message.type)
    if described is None:
        return [f"{message.type} is not described on {message.topic}"]
    at = described["$ref"].removeprefix("#/components/messages/")
    found = [*validator(messages()[at]["headers"]).iter_errors(to_headers(message))]
    if message.content_type == "application/json":
        found += validator(messages()[at]["payload"]).iter_errors(json.loads(message.payload))
    if message.content_type != messages()[at]["contentType"]:
        return [f"{message.content_type} is another content type"]
    found += validator(messages()[at]["bindings"]["kafka"]["key"]).iter_errors(message.key)
    return [f"{message.type} {error.json_path}: {error.message}" for error in found]


def walk(node: Any) -> Iterator[Any]:
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    for child in children:
        yield from walk(child)
