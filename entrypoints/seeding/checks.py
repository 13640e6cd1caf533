"""What can be wrong with the entries of one file."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from domain.errors import Violation
from entrypoints.reading.structure import differences
from entrypoints.seeding.context import Context
from entrypoints.seeding.entry import Entry
from entrypoints.seeding.fixture_file import FixtureFile, PlainEntry
from entrypoints.seeding.material import Material
from entrypoints.seeding.problem import Problem, suggestion
from entrypoints.seeding.references import keys_at


def structure_problems(context: Context[Any], entry: PlainEntry) -> Iterator[Problem]:
    """Fields that are missing, unknown, or of another type."""
    for violation in differences(entry.members, context.entry):
        field = violation.pointer.removeprefix("/")
        yield Problem(file=context.file, entry=entry.label, field=field, detail=_worded(violation))


def key_problems(context: Context[Any], entries: Sequence[PlainEntry]) -> Iterator[Problem]:
    """More entries than there may be, and keys that do not tell them apart."""
    if context.most is not None and len(entries) > context.most:
        yield Problem(file=context.file, detail=f"at most {context.most} entry; this has {len(entries)}")
    for key, times in Counter(entry.key for entry in entries if entry.key is not None).items():
        if times > 1:
            yield Problem(file=context.file, entry=key, field="key", detail=f"{times} entries have this key")


def reference_problems(
    context: Context[Any], entries: Sequence[PlainEntry], files: Mapping[str, FixtureFile]
) -> Iterator[Problem]:
    """Keys that lead nowhere; of a file that cannot be read nobody knows."""
    for path, target in context.references.items():
        known = files[target].keys
        if known is None:
            continue
        for entry in entries:
            for field, key in keys_at(entry.members, path):
                if key not in known:
                    detail = f'there is no "{key}" in {target}.json{suggestion(key, known)}'
                    yield Problem(file=context.file, entry=entry.label, field=field, detail=detail)


def rule_problems(context: Context[Any], entries: Sequence[Entry], material: Material) -> Iterator[Problem]:
    """Of well-formed entries."""
    first: dict[Hashable, Entry] = {}
    for entry in entries:
        twin = first.setdefault(context.identity(entry), entry)
        if twin.key != entry.key:
            detail = f'"{twin.key}" has the same {context.known_by}, by which a later run knows what is there already'
            yield Problem(file=context.file, entry=entry.key, detail=detail)
        for flaw in context.rules(entry, material):
            yield Problem(file=context.file, entry=entry.key, field=flaw.field, detail=flaw.detail)


def _worded(violation: Violation) -> str:
    if violation.code != "UNKNOWN_FIELD":
        return violation.detail
    known = violation.detail.removeprefix("one of ").split(", ")
    return f"there is no such field{suggestion(violation.pointer.rpartition('/')[2], known)}"
