"""Where an entry names others."""

from collections.abc import Iterator, Mapping
from typing import Any

_EACH = "*"


def keys_at(members: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Field and key of each reference at `path`, in which a star stands for each item of a list. What has another shape
    is passed over.
    """
    yield from _found(members, path.split("/"), ())


def _found(value: Any, path: list[str], at: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not path:
        if isinstance(value, str):
            yield "/".join(at), value
        return
    step, *rest = path
    if step == _EACH and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, rest, (*at, str(index)))
    elif isinstance(value, dict) and step in value:
        yield from _found(value[step], rest, (*at, step))
