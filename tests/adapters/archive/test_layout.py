"""The headers are what readers of ZIP expect, below and above the 32-bit limits."""

import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zlib import crc32

import pytest

from adapters.archive.layout import StoredFile, directory

GIB = 1024**3
JUNE = datetime(2024, 6, 1, 10, 20, 31, tzinfo=UTC)


def stored(name: str, *, size: int, checksum: int = 0, at: datetime = JUNE, offset: int = 0) -> StoredFile:
    return StoredFile(name=name, size=size, crc32=checksum, modified_at=at, offset=offset)


def test_an_archive_without_files_opens(tmp_path: Path) -> None:
    (tmp_path / "empty.zip").write_bytes(directory([]))

    with zipfile.ZipFile(tmp_path / "empty.zip") as archive:
        assert archive.namelist() == []


@pytest.mark.parametrize(
    ("moment", "read"),
    [
        (JUNE, (2024, 6, 1, 10, 20, 30)),
        (JUNE.astimezone(timezone(timedelta(hours=9))), (2024, 6, 1, 10, 20, 30)),
        (datetime(1969, 12, 31, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2200, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_dates_are_utc_and_within_what_zip_can_say(tmp_path: Path, moment: datetime, read: tuple[int, ...]) -> None:
    file = stored("a", size=1, checksum=crc32(b"x"), at=moment)
    (tmp_path / "a.zip").write_bytes(file.header + b"x" + directory([file]))

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.getinfo("a").date_time == read


def test_headers_are_complete_so_that_a_reader_can_stream(tmp_path: Path) -> None:
    """No data descriptor: size and CRC stand before the data, where a streaming reader looks for them."""
    file = stored("a", size=3, checksum=crc32(b"abc"))

    assert file.header[6:8] == (0x0800).to_bytes(2, "little")
    assert int.from_bytes(file.header[14:18], "little") == crc32(b"abc")
    assert int.from_bytes(file.header[18:22], "little") == 3


@pytest.mark.parametrize("size", [4 * GIB - 2, 4 * GIB - 1, 4 * GIB, 9 * GIB])
def test_files_beyond_four_gibibytes(tmp_path: Path, size: int) -> None:
    """Written with holes, so it costs no disk; the file behind the big one proves the offsets."""
    big = stored("big.mp4", size=size)
    small = stored("small.txt", size=5, checksum=crc32(b"small"), offset=big.end)
    path = tmp_path / "big.zip"
    with path.open("wb") as sink:
        sink.write(big.header)
        sink.seek(small.offset)
        sink.write(small.header + b"small" + directory([big, small]))

    with zipfile.ZipFile(path) as archive:
        infos = {info.filename: (info.file_size, info.header_offset) for info in archive.infolist()}
        assert archive.read("small.txt") == b"small"
        with archive.open("big.mp4") as opened:
            assert opened.read(4) == bytes(4)
    assert infos == {"big.mp4": (size, 0), "small.txt": (5, small.offset)}


def test_more_files_than_sixteen_bits_count(tmp_path: Path) -> None:
    files, body, offset = [], [], 0
    for number in range(70_000):
        file = stored(f"{number}", size=0, offset=offset)
        files.append(file)
        body.append(file.header)
        offset = file.end
    path = tmp_path / "many.zip"
    path.write_bytes(b"".join(body) + directory(files))

    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 70_000
        assert archive.read("69999") == b""
