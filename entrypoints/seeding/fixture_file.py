"""One file of fixtures, as far as JSON goes."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from entrypoints.seeding.problem import Problem


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """`members` as they stand there, whatever is wrong with them; `label` is what people know the entry by."""

    label: str
    members: dict[str, Any]

    @property
    def key(self) -> str | None:
        key = self.members.get("key")
        return key if isinstance(key, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureFile:
    """`entries` is None of a file that nothing can be said of but what is wrong with it."""

    name: str
    entries: Sequence[PlainEntry] | None
    problems: Sequence[Problem] = ()

    @property
    def keys(self) -> frozenset[str] | None:
        """None when nobody knows them."""
        if self.entries is None:
            return None
        return frozenset(entry.key for entry in self.entries if entry.key is not None)


def read_fixture_file(path: Path) -> FixtureFile:
    repeated: list[Problem] = []

    def once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        for name, times in Counter(name for name, _ in members).items():
            if times > 1:
                entry = str(found.get("key", ""))
                repeated.append(Problem(file=path.name, entry=entry, field=name, detail="this field is there twice"))
        return found

    try:
        text = path.read_text(encoding="utf-8-sig")
        value = json.loads(text, object_pairs_hook=once_each, parse_constant=_refuse_constant)
        # Half a character, which JSON can spell, is nothing that can be stored or shown.
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return _unreadable(path, f"line {error.lineno}, column {error.colno}: this is no JSON: {error.msg}")
    except (ValueError, RecursionError, OSError) as error:
        return _unreadable(path, f"this cannot be read as JSON: {error}")
    if not isinstance(value, list):
        return _unreadable(path, "this is no list of entries: [{...}, {...}]")
    strangers = [
        Problem(file=path.name, entry=_place(index), detail="this is no object: {...}")
        for index, each in enumerate(value)
        if not isinstance(each, dict)
    ]
    entries = [
        PlainEntry(str(each.get("key") or _place(index)), each)
        for index, each in enumerate(value)
        if isinstance(each, dict)
    ]
    return FixtureFile(name=path.name, entries=entries, problems=[*repeated, *strangers])


def _place(index: int) -> str:
    return f"entry {index + 1}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _unreadable(path: Path, detail: str) -> FixtureFile:
    return FixtureFile(name=path.name, entries=None, problems=[Problem(file=path.name, detail=detail)])
