"""Packing originals into one file for download."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.decoding import Progress
from domain.checksum import Checksum


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """One file of the archive: its name there, and the stored original that it copies."""

    name: str
    key: str
    size: int
    crc32: int
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenArchive:
    """`size` and `extracted_size` in bytes."""

    key: str
    size: int
    extracted_size: int
    checksum: Checksum


class ArchiveWriter(Protocol):
    @abstractmethod
    async def write(self, key: str, entries: Sequence[ArchiveEntry], *, progress: Progress) -> WrittenArchive:
        """Stream the entries, stored and not deflated, into a ZIP at `key`, in constant memory.

        All or nothing: an entry that is missing, or whose size or CRC-32 differs, raises
        MediaRejected (ZIP_FAILED), and no object and no open upload remain. May be repeated.
        """
