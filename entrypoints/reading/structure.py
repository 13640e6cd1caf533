"""Compares plain values with the types of a Struct and finds every difference, not the first.

Slow and thorough: asked only once the fast decoder has refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, UnsetType

from domain.errors import Violation

ESCAPED_NUL = b"\\u0000"
RULE = "rule"
"""In the `extra` of Meta: what its pattern means to people."""
_ABSENT = frozenset({NoneType, UnsetType})
_FORMAT = "FORMAT"
_PLACE = re.compile(r" - at `[^`]*`$")


def differences(value: Any, expected: Any, at: str = "", *, strict: bool = True) -> Iterator[Violation]:
    """`at` is the JSON pointer of `value`. Not `strict`: text may stand for numbers, as in a query string."""
    if isinstance(value, dict | list) and _is_sound(value, expected, strict=strict):
        return
    shape = _shape_of(expected)
    if value is None and shape.optional:
        return
    if shape.is_struct and isinstance(value, dict):
        yield from _of_struct(value, shape.bare, at, strict=strict)
    elif get_origin(shape.bare) is list and isinstance(value, list):
        yield from _of_items(value, shape, at, strict=strict)
    elif get_origin(shape.bare) is dict and isinstance(value, dict):
        yield from _of_entries(value, shape, at, strict=strict)
    else:
        yield from _of_leaf(value, expected, at, strict=strict)


def escaped(name: str) -> str:
    """A member name within a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class _Shape:
    """An annotation without its `| None` and its extras; `longest` is how many items it may have, `rule` what its
    pattern means to people (RULE).
    """

    bare: Any
    optional: bool
    longest: int | None
    rule: str | None

    @property
    def is_struct(self) -> bool:
        return isinstance(self.bare, type) and issubclass(self.bare, Struct)


@cache
def _shape_of(annotation: Any) -> _Shape:
    optional, longest, rule = False, None, None
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
            for meta in (extra for extra in extras if isinstance(extra, Meta)):
                longest = meta.max_length or longest
                rule = (meta.extra or {}).get(RULE) or rule
        elif get_origin(annotation) in {Union, UnionType} and not _ABSENT.isdisjoint(get_args(annotation)):
            optional = optional or NoneType in get_args(annotation)
            # Of our bodies, no field has more than one type besides these.
            annotation = next(kind for kind in get_args(annotation) if kind not in _ABSENT)
        else:
            return _Shape(annotation, optional, longest, rule)


def _is_sound(value: Any, expected: Any, *, strict: bool) -> bool:
    """Says at the speed of the decoder that there is nothing to find within; a doubt is no."""
    try:
        msgspec.convert(value, expected, strict=strict)
    except msgspec.ValidationError:
        return False
    return ESCAPED_NUL not in msgspec.json.encode(value)


def _of_struct(value: dict[str, Any], expected: type[Struct], at: str, *, strict: bool) -> Iterator[Violation]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(expected)}
    for name, field in fields.items():
        if name in value:
            yield from differences(value[name], field.type, f"{at}/{name}", strict=strict)
        elif field.required:
            yield Violation(f"{at}/{name}", "MISSING_FIELD", "this is required")
    if not expected.__struct_config__.forbid_unknown_fields:
        return
    for name in value:
        if name not in fields:
            yield Violation(f"{at}/{escaped(name)}", "UNKNOWN_FIELD", f"one of {', '.join(fields)}")


def _of_items(value: list[Any], shape: _Shape, at: str, *, strict: bool) -> Iterator[Violation]:
    if shape.longest is not None and len(value) > shape.longest:
        yield Violation(at, "COUNT", f"at most {shape.longest} items; this has {len(value)}")
        return
    (item_type,) = get_args(shape.bare)
    for index, item in enumerate(value):
        yield from differences(item, item_type, f"{at}/{index}", strict=strict)


def _of_entries(value: dict[str, Any], shape: _Shape, at: str, *, strict: bool) -> Iterator[Violation]:
    _, entry_type = get_args(shape.bare)
    for name, entry in value.items():
        yield from differences(entry, entry_type, f"{at}/{escaped(name)}", strict=strict)


def _of_leaf(value: Any, expected: Any, at: str, *, strict: bool) -> Iterator[Violation]:
    if isinstance(value, str) and "\0" in value:
        yield Violation(at, "NUL_CHARACTER", "no NUL characters")
        return
    try:
        msgspec.convert(value, expected, strict=strict)
    except msgspec.ValidationError as error:
        message = _PLACE.sub("", str(error)).replace("`", "")
        shape = _shape_of(expected)
        code = _code(message)
        if isinstance(value, str) and isinstance(shape.bare, EnumType):
            members: list[Any] = list(shape.bare)
            message += f"; one of {', '.join(member.value for member in members)}"
        elif code == _FORMAT and shape.rule is not None:
            message = shape.rule
        yield Violation(at, code, message)


_CODES: list[tuple[Callable[[str], bool], str]] = [
    (lambda message: ", got " in message, "WRONG_TYPE"),
    (lambda message: message.startswith("Invalid enum"), "UNKNOWN_VALUE"),
    (lambda message: message.startswith("Invalid"), _FORMAT),
    (lambda message: "of length" in message, "LENGTH"),
    (lambda message: "matching regex" in message, _FORMAT),
    (lambda message: "timezone" in message, _FORMAT),
]


def _code(message: str) -> str:
    return next((code for fits, code in _CODES if fits(message)), "RANGE")
