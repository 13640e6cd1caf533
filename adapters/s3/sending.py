"""The sending end: a file or bytes, measured, and sent in slices that a socket can take."""

import asyncio
import hashlib
from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from application.ports.storage import Bytes
from domain.checksum import Checksum

_SLICE = 1024 * 1024

Body = bytes | aiohttp.Payload


class _Slices(aiohttp.Payload):
    """A body that begins anew each time it is sent.

    An iterator would go on where a broken connection left it, and send half a body.
    """

    def __init__(self, size: int) -> None:
        super().__init__(None)
        self._size = size

    @abstractmethod
    def slices(self) -> AsyncIterator[bytes | memoryview]:
        """All of the body, from its start."""

    async def write(self, writer: AbstractStreamWriter) -> None:
        async for piece in self.slices():
            await writer.write(piece)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 (aiohttp names them)
        raise TypeError("a body of slices is sent, not read")


class _FileSlices(_Slices):
    def __init__(self, path: Path, size: int) -> None:
        super().__init__(size)
        self._path = path
        self._length = size

    async def slices(self) -> AsyncIterator[bytes | memoryview]:
        for offset in range(0, self._length, _SLICE):
            wanted = min(_SLICE, self._length - offset)
            yield await asyncio.to_thread(read_slice, self._path, offset, wanted)


class _BytesSlices(_Slices):
    def __init__(self, data: Bytes) -> None:
        super().__init__(len(data))
        self._view = memoryview(data)

    async def slices(self) -> AsyncIterator[bytes | memoryview]:
        for offset in range(0, len(self._view), _SLICE):
            yield self._view[offset : offset + _SLICE]


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
        return MeasuredFile(len(data), Checksum(hashlib.sha256(data).digest()), data)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return MeasuredFile(size, Checksum(digest), _FileSlices(path, size))


def body_of(data: Bytes) -> Body:
    return data if isinstance(data, bytes) and len(data) <= _SLICE else _BytesSlices(data)


def read_slice(path: Path, offset: int, size: int) -> bytes:
    """Read a piece of a file. Blocks. Raises OSError when the file has become shorter."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(size)
    if len(data) != size:
        raise OSError(f"{path} changed while it was sent")
    return data
