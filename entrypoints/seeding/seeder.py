"""Bringing fixtures into a store, through the use cases that clients call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import DomainError
from entrypoints.seeding.context import Context, Loaded, Loader, SeedTools
from entrypoints.seeding.contexts import CONTEXTS
from entrypoints.seeding.entry import Entry


class EntryRefused(Exception):
    """The cause is what the use case raised. Everything before this entry is in the store."""

    def __init__(self, file: str, key: str, error: DomainError) -> None:
        details = "; ".join(f"{violation.pointer}: {violation.detail}" for violation in error.violations)
        super().__init__(f"{file}, {key}: {error.detail}{f' ({details})' if details else ''}")


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one file: how many entries this run has loaded, and how many were there already."""

    loaded: int
    there: int


async def seed(tools: SeedTools, *, done: Callable[[], None]) -> Mapping[str, Tally]:
    """By context, in the order of loading. What is there is left as it is, so a run that was interrupted is completed
    by the next one; not for two at once in one store. `done` is called after each entry. Raises EntryRefused.
    """
    fixtures, loaded = tools.fixtures, tools.loaded
    tallies = {}
    for context in CONTEXTS:
        entries = context.order(fixtures[context.name], fixtures)
        loader = context.loader(tools) if context.loader else None
        for entry in entries:
            if loader is not None:
                await _load(context, loader, entry, loaded)
            done()
        new = sum(loaded.is_new(context.name, entry.key) for entry in entries)
        tallies[context.name] = Tally(new, len(entries) - new)
    return tallies


async def _load(context: Context[Any], loader: Loader[Any], entry: Entry, loaded: Loaded) -> None:
    try:
        found = await loader.find(entry)
        loaded.note(context.name, entry.key, found or await loader.make(entry), new=found is None)
    except DomainError as error:
        raise EntryRefused(context.file, entry.key, error) from error
