"""The files that fixtures upload."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from io import BufferedReader
from pathlib import Path

from application.media.file_inspector import SNIFFED
from application.ports.decoding import TypeSniffer
from domain.checksum import Checksum
from domain.media.content_class import UNPROVED
from entrypoints.seeding.problem import suggestion

_CHUNK = 1024 * 1024


class SampleMissing(Exception):
    """The message says what is wrong with the name."""


class SampleFiles:
    """Those below one folder, by their paths within it."""

    def __init__(self, folder: Path, sniffer: TypeSniffer) -> None:
        self._folder = folder.resolve()
        self._sniffer = sniffer

    def path(self, name: str) -> Path:
        """Raises SampleMissing."""
        try:
            found = (self._folder / name).resolve(strict=True)
        except FileNotFoundError as error:
            raise SampleMissing(self._absent(name)) from error
        except (OSError, RuntimeError) as error:
            raise SampleMissing(f'"{name}" in {self._folder.name} leads nowhere') from error
        if not found.is_relative_to(self._folder):
            raise SampleMissing(f'"{name}" leads out of the folder {self._folder.name}')
        if not found.is_file():
            raise SampleMissing(self._absent(name))
        return found

    def mime_type(self, name: str) -> str:
        """As its bytes prove it. Raises SampleMissing."""
        with self._open(name) as file:
            return self._sniffer.sniff(file.read(SNIFFED)) or UNPROVED

    def size(self, name: str) -> int:
        """In bytes. Raises SampleMissing."""
        return self.path(name).stat().st_size

    def checksum(self, name: str) -> Checksum:
        """Raises SampleMissing."""
        with self._open(name) as file:
            return Checksum(hashlib.file_digest(file, "sha256").digest())

    async def content(self, name: str) -> AsyncIterator[bytes]:
        """Raises SampleMissing."""
        file = await asyncio.to_thread(self._open, name)
        try:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
        finally:
            await asyncio.to_thread(file.close)

    def _open(self, name: str) -> BufferedReader:
        try:
            return self.path(name).open("rb")
        except OSError as error:
            raise SampleMissing(f'"{name}" in {self._folder.name} cannot be read: {error.strerror}') from error

    def _absent(self, name: str) -> str:
        return f'there is no file "{name}" in {self._folder.name}{suggestion(name, self._names())}'

    def _names(self) -> list[str]:
        return [str(path.relative_to(self._folder)) for path in self._folder.rglob("*") if path.is_file()]
