"""The sending end: a file or bytes, measured and cut into slices that a socket can take."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from adapters.s3.requests import Body
from domain.checksum import Checksum

_SLICE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    size: int
    checksum: Checksum
    body: Body


def measure(path: Path) -> MeasuredFile:
    """Hash the file. Blocks: call it in a thread. A small file is read once and kept."""
    size = path.stat().st_size
    if size <= _SLICE:
        data = path.read_bytes()
        return MeasuredFile(len(data), Checksum(hashlib.sha256(data).digest()), lambda: data)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return MeasuredFile(size, Checksum(digest), lambda: _slices_of_file(path, size))


def body_of(data: bytes) -> Body:
    return (lambda: data) if len(data) <= _SLICE else (lambda: _slices_of_bytes(data))


def read_slice(path: Path, offset: int, size: int) -> bytes:
    """Read a piece of a file. Blocks. Raises OSError when the file has become shorter."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(size)
    if len(data) != size:
        raise OSError(f"{path} changed while it was sent")
    return data


async def _slices_of_file(path: Path, size: int) -> AsyncIterator[bytes | memoryview]:
    for offset in range(0, size, _SLICE):
        yield await asyncio.to_thread(read_slice, path, offset, min(_SLICE, size - offset))


async def _slices_of_bytes(data: bytes) -> AsyncIterator[bytes | memoryview]:
    view = memoryview(data)
    for offset in range(0, len(data), _SLICE):
        yield view[offset : offset + _SLICE]
