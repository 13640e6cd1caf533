"""Reads what will be delivered once, and gives each file the names by which it is announced."""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from application.concurrency import map_bounded
from domain.batches.limits import MIB
from domain.batches.manifest import MAX_CLIENT_ID
from domain.batches.media_type import MediaType
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.folder import Candidate, Candidates
from entrypoints.cli.progress import Meter

_READ = 4 * MIB
_AT_ONCE = 4


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


async def hash_media(candidates: Candidates, meter: Meter) -> list[LocalFile]:
    """Read everything once for its SHA-256."""

    async def hashed(index: int) -> LocalFile:
        candidate = candidates.files[index]
        digest = await _sha256(candidate, meter)
        return _local_file(candidates.folder, candidate, digest, sequences[index])

    sequences = _sequences([candidate.recognized.media_type for candidate in candidates.files])
    return await map_bounded(hashed, range(len(sequences)), at_once=_AT_ONCE)


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
