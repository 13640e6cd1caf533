"""Which files of a folder are delivered, and as what."""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from application.concurrency import map_bounded
from domain.batches.limits import MIB, UploadLimits
from domain.batches.manifest import MAX_CLIENT_ID, MAX_FILENAME, MAX_REFERENCE
from domain.batches.media_type import MediaType
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.inspection import NotTaken, Recognized, recognize
from entrypoints.cli.progress import Meter
from entrypoints.cli.sizes import shown_size

_READ = 4 * MIB
_AT_ONCE = 4
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """One file that is going to be delivered. `modified` tells whether it has changed since it was hashed."""

    client_id: str
    path: Path
    media_type: MediaType
    content_type: str
    size: int
    modified: int
    sha256: str
    sequence: int

    @property
    def name(self) -> str:
        """Its file name, with what is no Unicode replaced."""
        return self.path.name.encode(errors="replace").decode()

    def require_unchanged(self) -> None:
        """Raises CommandFailed: bytes that differ from the announced checksum would be refused anyway."""
        found = self.path.stat()
        if (found.st_size, found.st_mtime_ns) != (self.size, self.modified):
            raise CommandFailed(f"{self.path} changed while it was being delivered. Run the command again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`files` are in the order in which people count them: 2 before 10."""

    folder: Path
    files: Sequence[LocalFile]
    skipped: Sequence[Skipped]

    @property
    def total_bytes(self) -> int:
        return sum(file.size for file in self.files)


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


async def hash_media(candidates: Candidates, meter: Meter) -> Selection:
    """Read everything once for its SHA-256."""

    async def hashed(index: int) -> LocalFile:
        candidate = candidates.files[index]
        digest = await _sha256(candidate, meter)
        return _local_file(candidates.folder, candidate, digest, sequences[index])

    sequences = _sequences([candidate.recognized.media_type for candidate in candidates.files])
    files = await map_bounded(hashed, range(len(sequences)), at_once=_AT_ONCE)
    return Selection(folder=candidates.folder, files=files, skipped=candidates.skipped)


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


def _sequences(media_types: Sequence[MediaType]) -> list[int]:
    counted: Counter[MediaType] = Counter()
    numbers = []
    for media_type in media_types:
        counted[media_type] += 1
        numbers.append(counted[media_type])
    return numbers


def _local_file(folder: Path, candidate: Candidate, digest: str, sequence: int) -> LocalFile:
    return LocalFile(
        client_id=_client_id(digest, str(candidate.path.relative_to(folder))),
        path=candidate.path,
        media_type=candidate.recognized.media_type,
        content_type=candidate.recognized.content_type,
        size=candidate.size,
        modified=candidate.modified,
        sha256=digest,
        sequence=sequence,
    )


def _client_id(digest: str, relative: str) -> str:
    """The same for the same bytes at the same place, unique in the folder, and readable."""
    place = hashlib.sha256(relative.encode(errors="surrogateescape")).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(relative).name)
    return f"{digest[:16]}-{place[:8]}-{readable}"[:MAX_CLIENT_ID]


async def _sha256(candidate: Candidate, meter: Meter) -> str:
    """In steps, so that Ctrl-C does not wait for the end of a long video."""
    digest, key = hashlib.sha256(), str(candidate.path)
    meter.begin(key, candidate.path.name, candidate.size)
    with candidate.path.open("rb") as file:
        while count := await asyncio.to_thread(_feed, file, digest):
            meter.move(key, count)
    meter.end(key)
    return digest.hexdigest()


def _feed(file: BinaryIO, digest: "hashlib._Hash") -> int:
    block = file.read(_READ)
    digest.update(block)
    return len(block)
