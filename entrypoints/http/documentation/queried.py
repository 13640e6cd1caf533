"""Query strings, for the OpenAPI document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.spec import Operation, Parameter, Schema

_REFERENCES = "{name}"


def queried(expected: type[msgspec.Struct]) -> type[Operation]:
    """For a handler that reads its whole query string as this (`read_parameters`), and names nothing of it to Litestar,
    which would take whatever else is there.
    """
    parameters = list(_parameters(expected))

    @dataclass
    class Queried(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *parameters]

    return Queried


@dataclass
class _PlainSchema(Schema):
    """As msgspec describes it."""

    plain: Mapping[str, Any] | None = None

    def to_schema(self) -> dict[str, Any]:
        return dict(self.plain or {})


def _parameters(expected: type[msgspec.Struct]) -> Iterator[Parameter]:
    _, described = msgspec.json.schema_components([expected], ref_template=_REFERENCES)
    for name, member in described[expected.__name__]["properties"].items():
        schema = {fact: value for fact, value in _bare(member).items() if fact != "default" or value is not None}
        if "$ref" in schema:
            schema["enum"] = described[schema.pop("$ref")]["enum"]
            schema["type"] = "string"
        yield Parameter(
            name=name,
            param_in="query",
            description=schema.pop("description", None),
            required=name in described[expected.__name__]["required"],
            schema=_PlainSchema(plain=schema),
        )


def _bare(member: Mapping[str, Any]) -> dict[str, Any]:
    """Without null, which no query string can say."""
    either = [each for each in member.get("anyOf", [{}]) if each.get("type") != "null"]
    return {fact: value for fact, value in {**member, **either[0]}.items() if fact != "anyOf"}
