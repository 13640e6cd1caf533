"""A folder of fixtures, read and checked as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from adapters.sniffing.magic import MagicTypeSniffer
from domain.errors import DomainError
from domain.media.media import Media
from entrypoints.seeding.checks import key_problems, reference_problems, rule_problems, structure_problems
from entrypoints.seeding.context import Context, Fixtures
from entrypoints.seeding.contexts import CONTEXTS
from entrypoints.seeding.fixture_file import FixtureFile, read_fixture_file
from entrypoints.seeding.material import Material
from entrypoints.seeding.media import MEDIA, MediaEntry, announced
from entrypoints.seeding.problem import BrokenFixtures, Problem, suggestion
from entrypoints.seeding.sample_files import SampleFiles, SampleMissing
from entrypoints.settings import Settings

BUILT_IN = Path(__file__).with_name("fixtures")
_SAMPLES = "files"
_FILE_NAMES = tuple(context.file for context in CONTEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureSet:
    """Sound in itself: every key leads somewhere, and no rule is broken that can be judged without a store."""

    fixtures: Fixtures
    files: SampleFiles

    @property
    def size(self) -> int:
        """How many entries."""
        return sum(map(len, self.fixtures.values()))


def read_fixture_set(folder: Path, settings: Settings) -> FixtureSet:
    """A file that is not there has no entries. Raises BrokenFixtures with everything that is wrong."""
    read = {context.name: _read(folder, context.file) for context in CONTEXTS}
    problems = [*_of_folder(folder), *(problem for file in read.values() for problem in file.problems)]
    sound: dict[str, list[Any]] = {}
    for context in CONTEXTS:
        wrong, sound[context.name] = _sorted_out(context, read)
        problems += wrong
    files = SampleFiles(folder / _SAMPLES, MagicTypeSniffer())
    material = Material(
        settings=settings,
        files=files,
        entries={
            name: [entry.members for entry in file.entries] for name, file in read.items() if file.entries is not None
        },
    )
    material.media.update(_announced(sound[MEDIA.name], material))
    for context in CONTEXTS:
        problems += rule_problems(context, sound[context.name], material)
    if problems:
        raise BrokenFixtures(sorted(problems, key=_place))
    return FixtureSet(fixtures=sound, files=files)


def _read(folder: Path, name: str) -> FixtureFile:
    path = folder / name
    if _leads_out(path):
        return FixtureFile(name=name, entries=None, problems=[_outside(path)])
    is_absent = not path.exists() and not path.is_symlink()
    return FixtureFile(name=name, entries=()) if is_absent else read_fixture_file(path)


def _leads_out(path: Path) -> bool:
    """By a link; of one that leads to itself whoever reads it finds out."""
    try:
        return not path.resolve().is_relative_to(path.parent.resolve())
    except RuntimeError:
        return False


def _outside(path: Path) -> Problem:
    return Problem(file=path.name, detail=f"this leads out of the folder {path.parent.name}")


def _sorted_out(context: Context[Any], read: Mapping[str, FixtureFile]) -> tuple[list[Problem], list[Any]]:
    """What is wrong with the entries of a context, and those that are well-formed."""
    entries = read[context.name].entries or ()
    problems = [*key_problems(context, entries)]
    well_formed = []
    for entry in entries:
        found = [*structure_problems(context, entry)]
        problems += found
        if not found:
            well_formed.append(msgspec.convert(entry.members, context.entry))
    return [*problems, *reference_problems(context, entries, read)], well_formed


def _of_folder(folder: Path) -> Iterator[Problem]:
    if _leads_out(folder / _SAMPLES):
        yield _outside(folder / _SAMPLES)
    found = sorted(path.name for path in folder.glob("*.json"))
    if not found:
        yield Problem(file=str(folder), detail=f"there are no fixtures here; their files are {', '.join(_FILE_NAMES)}")
    for name in found:
        if name not in _FILE_NAMES:
            yield Problem(file=name, detail=f"there are no fixtures of this name{suggestion(name, _FILE_NAMES)}")


def _announced(entries: Sequence[MediaEntry], material: Material) -> Iterator[tuple[str, Media]]:
    """What their rules refuse, others cannot be judged by."""
    for entry in entries:
        with suppress(SampleMissing, DomainError):
            yield entry.key, announced(entry, material)


def _place(problem: Problem) -> int:
    """What is in no known file goes first, all else in the order of the files."""
    return _FILE_NAMES.index(problem.file) if problem.file in _FILE_NAMES else -1
