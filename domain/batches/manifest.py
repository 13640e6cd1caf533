"""The list of files that a client announces, checked as a whole: every violation is found, not the first."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.batches.limits import UploadLimits
from domain.batches.media_type import CONTENT_TYPES, MediaType, Orientation
from domain.checksum import Checksum, InvalidChecksum
from domain.errors import Rejected, Violation

MAX_CLIENT_ID = 64
MAX_REFERENCE = 120
MAX_TITLE = 255
MAX_FILENAME = 255
MAX_SEQUENCE = 1_000_000
_ORIENTATIONS = frozenset(Orientation)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedFile:
    """One file as the client describes it, not believed yet. `size` in bytes."""

    client_id: str
    media_type: str
    filename: str
    content_type: str
    size: int
    checksum: str
    sequence: int
    orientation: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """One file that obeys the rules."""

    client_id: str
    media_type: MediaType
    filename: str
    content_type: str
    size: int
    checksum: Checksum
    sequence: int
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole announcement that obeys the rules. Same content, same `digest`, in any order."""

    reference: str
    files: tuple[FileSpec, ...]

    @property
    def digest(self) -> bytes:
        described = sorted(
            (
                file.client_id,
                file.media_type,
                file.filename,
                file.content_type,
                file.size,
                file.checksum.hex,
                file.sequence,
                file.title or "",
            )
            for file in self.files
        )
        return hashlib.sha256(json.dumps(described).encode()).digest()

    @property
    def total_bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def media_types(self) -> frozenset[MediaType]:
        return frozenset(file.media_type for file in self.files)


def check_manifest(reference: str, files: Sequence[AnnouncedFile], limits: UploadLimits) -> Manifest:
    """Turn an announcement into a Manifest. Raises Rejected with all violations, pointers relative to the request."""
    violations = [*reference_violations(reference), *total_violations(len(files), files, limits)]
    specs = []
    for index, file in enumerate(files):
        found = list(file_violations(f"/files/{index}", file, limits))
        violations += found
        if not found:
            specs.append(_spec(file))
    violations += repetitions(list(enumerate(files)))
    if violations:
        raise Rejected("the manifest breaks rules; see errors", violations)
    return Manifest(reference=reference, files=tuple(specs))


def reference_violations(reference: str) -> Iterator[Violation]:
    if not reference.strip() or len(reference) > MAX_REFERENCE or not reference.isprintable():
        yield Violation("/batchReference", "LENGTH", f"1 to {MAX_REFERENCE} printable characters")


def total_violations(count: int, files: Sequence[AnnouncedFile], limits: UploadLimits) -> Iterator[Violation]:
    """What is wrong with the files taken together. `count` includes those that could not even be read."""
    if not 1 <= count <= limits.max_files:
        yield Violation("/files", "COUNT", f"1 to {limits.max_files} files a batch; this has {count}")
    total = sum(max(file.size, 0) for file in files)
    if total > limits.max_batch_bytes:
        yield Violation("/files", "BATCH_TOO_LARGE", f"{total} bytes in all; at most {limits.max_batch_bytes}")


def file_violations(at: str, file: AnnouncedFile, limits: UploadLimits) -> Iterator[Violation]:
    """What is wrong with one file, taken by itself. `at` is its JSON pointer."""
    if not file.client_id.strip() or len(file.client_id) > MAX_CLIENT_ID or not file.client_id.isprintable():
        yield Violation(f"{at}/clientId", "LENGTH", f"1 to {MAX_CLIENT_ID} printable characters")
    if not file.filename.strip() or len(file.filename) > MAX_FILENAME or "\0" in file.filename:
        yield Violation(f"{at}/filename", "LENGTH", f"1 to {MAX_FILENAME} characters, none of them NUL")
    if file.title is not None and (len(file.title) > MAX_TITLE or "\0" in file.title):
        yield Violation(f"{at}/title", "LENGTH", f"at most {MAX_TITLE} characters, none of them NUL")
    if not 1 <= file.sequence <= MAX_SEQUENCE:
        yield Violation(f"{at}/sequence", "RANGE", f"1 to {MAX_SEQUENCE}")
    try:
        Checksum.parse(file.checksum)
    except InvalidChecksum as error:
        yield Violation(f"{at}/checksum", "CHECKSUM_FORMAT", str(error))
    yield from _type_violations(at, file, limits)


def _type_violations(at: str, file: AnnouncedFile, limits: UploadLimits) -> Iterator[Violation]:
    if file.size < 1:
        yield Violation(f"{at}/bytes", "RANGE", "1 or more")
    if file.orientation is not None and file.orientation not in _ORIENTATIONS:
        yield Violation(f"{at}/orientation", "UNKNOWN_ORIENTATION", f"one of {', '.join(Orientation)}")
    try:
        media_type = MediaType(file.media_type)
    except ValueError:
        yield Violation(f"{at}/mediaType", "UNKNOWN_MEDIA_TYPE", f"one of {', '.join(MediaType)}")
        return
    category = media_type.category
    if file.content_type not in CONTENT_TYPES[category]:
        accepted = ", ".join(sorted(CONTENT_TYPES[category]))
        yield Violation(f"{at}/contentType", "CONTENT_TYPE_NOT_ALLOWED", f"{media_type} takes {accepted}")
    if file.size > limits.max_bytes[category]:
        yield Violation(
            f"{at}/bytes", "FILE_TOO_LARGE", f"{media_type} takes at most {limits.max_bytes[category]} bytes"
        )
    if file.orientation in _ORIENTATIONS and media_type.orientation not in {None, file.orientation}:
        yield Violation(f"{at}/orientation", "ORIENTATION_MISMATCH", f"{media_type} says {media_type.orientation}")


def repetitions(files: Sequence[tuple[int, AnnouncedFile]]) -> Iterator[Violation]:
    """Client ids and sequence numbers that occur twice; each file concerned is named."""
    client_ids = Counter(file.client_id for _, file in files)
    sequences = Counter((file.media_type, file.sequence) for _, file in files)
    for index, file in files:
        if client_ids[file.client_id] > 1:
            yield Violation(f"/files/{index}/clientId", "DUPLICATE_CLIENT_ID", f"{file.client_id} occurs twice")
        if sequences[file.media_type, file.sequence] > 1:
            yield Violation(
                f"/files/{index}/sequence",
                "DUPLICATE_SEQUENCE",
                f"{file.sequence} occurs twice among {file.media_type}",
            )


def _spec(file: AnnouncedFile) -> FileSpec:
    return FileSpec(
        client_id=file.client_id,
        media_type=MediaType(file.media_type),
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        checksum=Checksum.parse(file.checksum),
        sequence=file.sequence,
        title=file.title,
    )
