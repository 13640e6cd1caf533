"""The bytes of a ZIP around its files: stored entries, ZIP64 where needed (PKWARE's APPNOTE 6.3).

The standard library can write to a stream only with each entry's size and CRC *behind* its data,
and a reader that streams cannot find the end of a stored entry then. We know both beforehand, so
every header is complete, and the archive's size is known before its first byte is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct, pack

_LOCAL = Struct("<4s5H3L2H")
_CENTRAL = Struct("<4s6H3L5H2L")
_ZIP64_END = Struct("<4sQ2H2L4Q")
_ZIP64_LOCATOR = Struct("<4sLQL")
_END = Struct("<4s4H2LH")

_STORED = 0
_UTF8_NAMES = 0x0800
_NEEDS_PLAIN = 20
_NEEDS_ZIP64 = 45
_MADE_ON_UNIX = 3 << 8 | _NEEDS_ZIP64
_READABLE_FILE = 0o100644 << 16
_MAX_16 = 0xFFFF
_MAX_32 = 0xFFFFFFFF
_FIRST_YEAR = 1980
_LATEST = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
_EARLIEST = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file in the archive; `offset` is where its header begins, in bytes from the start."""

    name: str
    size: int
    crc32: int
    modified_at: datetime
    offset: int

    @property
    def header(self) -> bytes:
        """What precedes the data."""
        sizes, extra = _in_32_bits(self.size, self.size)
        name = self.name.encode()
        fixed = _LOCAL.pack(b"PK\3\4", *self._facts(extra), *sizes, len(name), len(extra))
        return fixed + name + extra

    @property
    def directory_entry(self) -> bytes:
        (*sizes, offset), extra = _in_32_bits(self.size, self.size, self.offset)
        name = self.name.encode()
        fixed = _CENTRAL.pack(
            b"PK\1\2", _MADE_ON_UNIX, *self._facts(extra), *sizes, len(name), len(extra), 0, 0, 0,
            _READABLE_FILE, offset,
        )  # fmt: skip
        return fixed + name + extra

    @property
    def end(self) -> int:
        return self.offset + len(self.header) + self.size

    def _facts(self, extra: bytes) -> tuple[int, ...]:
        needs = _NEEDS_ZIP64 if extra else _NEEDS_PLAIN
        return needs, _UTF8_NAMES, _STORED, *_dos_time(self.modified_at), self.crc32


def directory(files: Sequence[StoredFile]) -> bytes:
    """What follows the last file's data."""
    entries = b"".join([file.directory_entry for file in files])
    start = files[-1].end if files else 0
    count, size32, start32 = min(len(files), _MAX_16), min(len(entries), _MAX_32), min(start, _MAX_32)
    zip64 = b""
    if count == _MAX_16 or _MAX_32 in {size32, start32}:
        zip64 = _ZIP64_END.pack(
            b"PK\6\6", _ZIP64_END.size - 12, _MADE_ON_UNIX, _NEEDS_ZIP64, 0, 0,
            len(files), len(files), len(entries), start,
        )  # fmt: skip
        zip64 += _ZIP64_LOCATOR.pack(b"PK\6\7", 0, start + len(entries), 1)
    return entries + zip64 + _END.pack(b"PK\5\6", 0, 0, count, count, size32, start32, 0)


def _in_32_bits(*values: int) -> tuple[list[int], bytes]:
    """The values for 32-bit fields, and the ZIP64 extra field with those that do not fit."""
    large = [value for value in values if value >= _MAX_32]
    extra = pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    return [min(value, _MAX_32) for value in values], extra


def _dos_time(moment: datetime) -> tuple[int, int]:
    """Time and date of MS-DOS: in UTC, two seconds fine, 1980 to 2107."""
    at = min(max(moment.astimezone(UTC), _EARLIEST), _LATEST)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    date = (at.year - _FIRST_YEAR) << 9 | at.month << 5 | at.day
    return time, date
