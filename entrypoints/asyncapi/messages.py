"""One kind of message, on whichever topics it travels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from application.ports.messaging import JSON
from entrypoints.asyncapi.payloads import reference_to

BINDING = "0.5.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """`name` is the CloudEvents type, or a name of ours for what is no CloudEvent. `key`, `headers` and, where it is no
    JSON, the `payload` are JSON Schemas. Examples hold headers and payload.
    """

    name: str
    title: str
    about: str
    topics: Sequence[str]
    content_type: str = JSON
    payload: type[Struct] | Mapping[str, Any]
    key: Mapping[str, Any]
    headers: Mapping[str, Any]
    examples: Sequence[Mapping[str, Any]]

    def described(self) -> dict[str, Any]:
        """A Message Object of AsyncAPI."""
        payload = self.payload if isinstance(self.payload, Mapping) else reference_to(self.payload)
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.about,
            "contentType": self.content_type,
            "headers": self.headers,
            "payload": payload,
            "bindings": {"kafka": {"key": self.key, "bindingVersion": BINDING}},
            **({"examples": list(self.examples)} if self.examples else {}),
        }


def first_sentence(docstring: str | None) -> str:
    """On one line. Empty where there is none."""
    first, dot, _ = " ".join((docstring or "").split()).partition(". ")
    return first + dot.strip()
