"""The receiving end of a download. Synchronous: it runs in threads, where hashing lets go of the GIL."""

import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import aiohttp

from adapters.s3.errors import translated
from application.ports.storage import Received
from domain.checksum import Checksum

CHUNK = 1024 * 1024
_HEAD = 4 * 1024


class ReceivedFile:
    """Writes chunks and measures them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = sha256()
        self._crc32 = 0
        self._size = 0
        self._head = b""

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._sha256.update(chunk)
        self._crc32 = zlib.crc32(chunk, self._crc32)
        self._head = self._head or chunk[:_HEAD]
        self._size += len(chunk)

    def measured(self) -> Received:
        return Received(
            size=self._size,
            checksum=Checksum(self._sha256.digest()),
            crc32=self._crc32,
            head=self._head,
        )


@contextmanager
def received_file(path: Path) -> Iterator[ReceivedFile]:
    """A new file at `path`; gone again when the block fails."""
    try:
        # Closing waits for a write that a cancelled download has left running in its thread.
        with path.open("wb") as file:
            yield ReceivedFile(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def chunks(response: aiohttp.ClientResponse, action: str) -> AsyncIterator[bytes]:
    """The body in chunks of exactly 1 MiB, but for the last."""
    while True:
        with translated(action):
            chunk = await _full_chunk(response.content)
        if not chunk:
            return
        yield chunk


async def _full_chunk(content: aiohttp.StreamReader) -> bytes:
    pieces: list[bytes] = []
    missing = CHUNK
    while missing and (piece := await content.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
