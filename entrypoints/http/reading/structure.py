"""Compares plain values with the types of a Struct and finds every difference, not the first.

Slow and thorough: asked only once the fast decoder has refused.
"""

import re
from collections.abc import Callable, Iterator
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from domain.errors import Violation

_PLACE = re.compile(r" - at `[^`]*`$")


def differences(value: Any, expected: Any, at: str = "", *, strict: bool = True) -> Iterator[Violation]:
    """`at` is the JSON pointer of `value`. Not `strict`: text may stand for numbers, as in a query string."""
    inner = _without_extras(expected)
    if value is None and _is_optional(inner):
        return
    inner = _required(inner)
    if _is_struct(inner) and isinstance(value, dict):
        yield from _of_struct(value, inner, at, strict=strict)
    elif get_origin(inner) is list and isinstance(value, list):
        yield from _of_items(value, expected, inner, at, strict=strict)
    elif get_origin(inner) is dict and isinstance(value, dict):
        yield from _of_entries(value, inner, at, strict=strict)
    else:
        yield from _of_leaf(value, expected, at, strict=strict)


def escaped(name: str) -> str:
    """A member name within a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _of_struct(value: dict[str, Any], expected: type[Struct], at: str, *, strict: bool) -> Iterator[Violation]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(expected)}
    for name, field in fields.items():
        if name in value:
            yield from differences(value[name], field.type, f"{at}/{name}", strict=strict)
        elif field.required:
            yield Violation(f"{at}/{name}", "MISSING_FIELD", "this is required")
    for name in value:
        if name not in fields:
            yield Violation(f"{at}/{escaped(name)}", "UNKNOWN_FIELD", f"one of {', '.join(fields)}")


def _of_items(value: list[Any], expected: Any, inner: Any, at: str, *, strict: bool) -> Iterator[Violation]:
    limit = _longest(expected)
    if limit is not None and len(value) > limit:
        yield Violation(at, "COUNT", f"at most {limit} items; this has {len(value)}")
        return
    (item_type,) = get_args(inner)
    for index, item in enumerate(value):
        yield from differences(item, item_type, f"{at}/{index}", strict=strict)


def _of_entries(value: dict[str, Any], inner: Any, at: str, *, strict: bool) -> Iterator[Violation]:
    _, entry_type = get_args(inner)
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
        allowed = _required(_without_extras(expected))
        if isinstance(value, str) and isinstance(allowed, EnumType):
            members: list[Any] = list(allowed)
            message += f"; one of {', '.join(member.value for member in members)}"
        yield Violation(at, _code(message), message)


_CODES: list[tuple[Callable[[str], bool], str]] = [
    (lambda message: ", got " in message, "WRONG_TYPE"),
    (lambda message: message.startswith("Invalid enum"), "UNKNOWN_VALUE"),
    (lambda message: message.startswith("Invalid"), "FORMAT"),
    (lambda message: "of length" in message, "LENGTH"),
    (lambda message: "timezone" in message, "FORMAT"),
]


def _code(message: str) -> str:
    return next((code for fits, code in _CODES if fits(message)), "RANGE")


def _without_extras(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _is_optional(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType} and NoneType in get_args(annotation)


def _required(annotation: Any) -> Any:
    """`T` of `T | None`; any other annotation is what it is."""
    if not _is_optional(annotation):
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return _without_extras(kinds[0]) if len(kinds) == 1 else annotation


def _longest(annotation: Any) -> int | None:
    metas = [extra for extra in get_args(annotation)[1:] if isinstance(extra, Meta)]
    return next((meta.max_length for meta in metas if meta.max_length is not None), None)


def _is_struct(annotation: Any) -> TypeGuard[type[Struct]]:
    return isinstance(annotation, type) and issubclass(annotation, Struct)
