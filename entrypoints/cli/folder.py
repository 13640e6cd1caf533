"""Which files of a folder are delivered, and as what."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from application.concurrency import map_bounded
from domain.batches.limits import MIB, UploadLimits
from domain.batches.manifest import MAX_FILENAME, MAX_REFERENCE
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.inspection import NotTaken, Recognized, recognize
from entrypoints.cli.sizes import shown_size

_READ = 4 * MIB
_AT_ONCE = 4
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    path: Path
    size: int
    modified: int
    recognized: Recognized


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What will be delivered, not read in full yet."""

    folder: Path
    files: Sequence[Candidate]
    skipped: Sequence[Skipped]

    @property
    def total_bytes(self) -> int:
        return sum(file.size for file in self.files)


async def find_media(folder: Path, *, project: bool, limits: UploadLimits) -> Candidates:
    """Look through the folder and those below it; hidden files do not count.

    Raises CommandFailed when there is nothing to deliver, or too much for one batch.
    """
    paths = await asyncio.to_thread(_walk, folder)
    found = await map_bounded(lambda path: asyncio.to_thread(_judge, path, project, limits), paths, at_once=_AT_ONCE)
    files = [verdict for verdict in found if isinstance(verdict, Candidate)]
    skipped = [verdict for verdict in found if isinstance(verdict, Skipped)]
    if not files:
        raise CommandFailed(_nothing(folder, skipped))
    if len(files) > limits.max_files:
        raise CommandFailed(
            f"{folder} holds {len(files)} files; one batch takes {limits.max_files}. Deliver it in several folders."
        )
    return Candidates(folder=folder, files=files, skipped=skipped)


def default_reference(folder: Path) -> str:
    """The same folder, the same batch: that is how a second run finds what the first one has begun."""
    name = "".join(character for character in folder.resolve().name if character.isprintable())
    return name[:MAX_REFERENCE] or "delivery"


def _walk(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder.")
    paths = [path for path in folder.rglob("*") if path.is_file()]
    visible = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    return sorted(visible, key=lambda path: _counted(str(path.relative_to(folder))))


def _counted(name: str) -> list[tuple[int, str]]:
    pieces = _DIGITS.split(name.casefold())
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def _judge(path: Path, project: bool, limits: UploadLimits) -> Candidate | Skipped:
    try:
        recognized = recognize(path, project=project)
        found = path.stat()
    except NotTaken as left_out:
        return Skipped(path=path, reason=str(left_out))
    except OSError as error:
        return Skipped(path=path, reason=f"cannot be read: {error.strerror}")
    most = limits.max_bytes[recognized.media_type.category]
    if found.st_size > most:
        return Skipped(path=path, reason=f"has {shown_size(found.st_size)}, and {shown_size(most)} is the limit")
    if len(path.name) > MAX_FILENAME:
        return Skipped(path=path, reason=f"has a name longer than {MAX_FILENAME} characters")
    return Candidate(path=path, size=found.st_size, modified=found.st_mtime_ns, recognized=recognized)


def _nothing(folder: Path, skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return f"{folder} is empty."
    reasons = "\n".join(f"  {skip.path.name} {skip.reason}" for skip in skipped)
    return f"There is nothing to deliver in {folder}:\n{reasons}"
