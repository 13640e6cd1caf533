"""Schemas of payloads, from the types that are written and read."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache, reduce
from inspect import getdoc
from operator import or_
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from application.events.envelope import camel
from entrypoints.asyncapi.words import WORDS

SCHEMAS = "#/components/schemas/"


def schemas_of(payloads: Iterable[type[Struct]]) -> Mapping[str, Any]:
    """By name, with whatever they contain."""
    _, components = msgspec.json.schema_components(payloads, ref_template=SCHEMAS + "{name}")
    return dict(sorted(components.items()))


def reference_to(payload: type[Struct]) -> dict[str, str]:
    return {"$ref": SCHEMAS + payload.__name__}


@cache
def payload_type(record: type) -> type[Struct]:
    """A Struct with the members that `application/events/envelope.py` makes of a dataclass, all of them required."""
    hints = get_type_hints(record)
    return msgspec.defstruct(
        record.__name__,
        [(field.name, _member(record, field.name, hints[field.name])) for field in fields(record)],
        rename=camel,
        namespace={"__doc__": about(record)},
    )


def about(record: type) -> str:
    """What its docstring says, with the names that readers of the payload see."""
    text = getdoc(record) or ""
    for field in fields(record):
        text = text.replace(f"`{field.name}`", f"`{camel(field.name)}`")
    return text


def _member(record: type, name: str, annotation: Any) -> Any:
    words = WORDS.get((record, name))
    if words is None:
        return _spelled(annotation)
    known = Meta(description="One of the examples; others may be added.", examples=[str(word) for word in words])
    return Annotated[annotation, known]


def _spelled(annotation: Any) -> Any:
    """With Structs in place of dataclasses, however deep."""
    if annotation is datetime:
        return Annotated[datetime, Meta(tz=True)]
    if is_dataclass(annotation):
        return payload_type(annotation)  # type: ignore[arg-type] # no annotation is an instance of one
    origin, inner = get_origin(annotation), tuple(_spelled(part) for part in get_args(annotation))
    if origin is None:
        return annotation
    return reduce(or_, inner) if origin is UnionType else origin[inner]
