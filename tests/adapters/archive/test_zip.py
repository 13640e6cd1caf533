"""Originals in the store become a ZIP in the store, or nothing does."""

import asyncio
import tracemalloc
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import pytest

from adapters.archive.zip import ZipArchiveWriter
from adapters.s3.connection import S3Connection
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.store import S3ObjectStore
from application.ports.archive import ArchiveEntry
from application.ports.storage import Bytes, MultipartUploads, UploadedPart
from application.storage.streamed_uploads import StreamedUploads
from domain.assets.failure import FailureCode, MediaRejected
from domain.errors import Unavailable
from tests.application.stubs import RecordingLog

MIB = 1024 * 1024
JUNE = datetime(2024, 6, 1, 10, 20, 30, tzinfo=UTC)


class Bench:
    """A writer on the real store, with originals put under keys of its own."""

    def __init__(self, s3: S3Connection, folder: Path) -> None:
        self.s3 = s3
        self.folder = folder
        self.objects = S3ObjectStore(s3)
        self.writer = self.writing_to(S3MultipartUploads(s3))
        self.prefix = uuid4().hex
        self.key = f"{self.prefix}/all.zip"
        self.told: list[float] = []

    def writing_to(self, uploads: MultipartUploads) -> ZipArchiveWriter:
        streams = StreamedUploads(store=self.objects, uploads=uploads, log=RecordingLog())
        return ZipArchiveWriter(self.objects, streams)

    async def original(self, name: str, data: bytes, key: str | None = None) -> ArchiveEntry:
        key = key or f"{self.prefix}/raw/{uuid4().hex}"
        source = self.folder / "source"
        source.write_bytes(data)
        await self.objects.upload(key, source, content_type="image/jpeg")
        return ArchiveEntry(name=name, key=key, size=len(data), crc32=crc32(data), modified_at=JUNE)

    async def progress(self, fraction: float) -> None:
        self.told.append(fraction)

    async def downloaded(self) -> zipfile.ZipFile:
        await self.objects.download(self.key, self.folder / "all.zip")
        return zipfile.ZipFile(self.folder / "all.zip")

    async def leaves_nothing(self) -> bool:
        answer = await self.s3.client.list_multipart_uploads(Bucket=self.s3.address.bucket, Prefix=self.prefix)
        return not answer.get("Uploads") and await self.objects.head(self.key) is None


@pytest.fixture
def bench(s3: S3Connection, tmp_path: Path) -> Bench:
    return Bench(s3, tmp_path)


@pytest.fixture(scope="module")
async def originals(s3: S3Connection, tmp_path_factory: pytest.TempPathFactory) -> Sequence[ArchiveEntry]:
    """Three of more than a part each, which nobody changes."""
    bench = Bench(s3, tmp_path_factory.mktemp("originals"))
    return tuple([await bench.original(f"photo/{n:03d}.jpg", bytes([n]) * (6 * MIB + 5 + n)) for n in range(3)])


async def test_an_archive_holds_every_original(bench: Bench) -> None:
    contents = {
        "PHOTO/001-Küche.jpg": b"\xff\xd8" * 3 * MIB,
        "PHOTO/002-写真.jpg": b"",
        "VIDEO/001.mp4": bytes(range(256)) * 40_000,
    }
    entries = [await bench.original(name, data) for name, data in contents.items()]

    written = await bench.writer.write(bench.key, entries, progress=bench.progress)

    with await bench.downloaded() as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (2024, 6, 1, 10, 20, 30)
            assert info.external_attr >> 16 == 0o100644
    data = (bench.folder / "all.zip").read_bytes()
    stored = await bench.objects.head(bench.key)
    assert stored is not None
    assert stored.content_type == "application/zip"
    assert (written.key, written.size, written.checksum.digest) == (bench.key, len(data), sha256(data).digest())
    assert written.extracted_size == sum(map(len, contents.values()))


async def test_an_archive_of_nothing_is_empty(bench: Bench) -> None:
    written = await bench.writer.write(bench.key, [], progress=bench.progress)

    with await bench.downloaded() as archive:
        assert archive.namelist() == []
    assert written.extracted_size == 0


async def test_writing_again_gives_the_same_archive(bench: Bench, originals: Sequence[ArchiveEntry]) -> None:
    once = await bench.writer.write(bench.key, originals, progress=bench.progress)

    assert await bench.writer.write(bench.key, originals, progress=bench.progress) == once


async def test_names_that_climb_are_kept_below(bench: Bench) -> None:
    entries = [await bench.original(name, b"x") for name in ("../../etc/passwd", "/etc/passwd", "a\\..\\b", "a\nb")]

    await bench.writer.write(bench.key, entries, progress=bench.progress)

    with await bench.downloaded() as archive:
        assert archive.namelist() == ["etc/passwd", "etc/passwd (2)", "a_.._b", "a_b"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": "no-such-original"}, "missing"),
        ({"crc32": 1}, "CRC-32"),
        ({"size": 6 * MIB}, "bytes"),
        ({"size": 7 * MIB}, "bytes"),
    ],
    ids=["missing", "damaged", "longer", "shorter"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_bad_entry_fails_it_all_and_is_named(
    bench: Bench, originals: Sequence[ArchiveEntry], place: int, wrong: dict[str, object], says: str
) -> None:
    entries = list(originals)
    entries[place] = replace(entries[place], **wrong)

    with pytest.raises(MediaRejected, match=says) as caught:
        await bench.writer.write(bench.key, entries, progress=bench.progress)

    assert caught.value.failure.code is FailureCode.ZIP_FAILED
    assert entries[place].name in caught.value.failure.detail
    assert await bench.leaves_nothing()


@pytest.mark.parametrize("after", [0.0, 0.05, 0.2])
async def test_a_cancelled_archive_leaves_nothing(bench: Bench, after: float) -> None:
    entry = await bench.original("video.mp4", bytes(10 * MIB))
    entries = [replace(entry, name=f"{n}.mp4") for n in range(20)]
    writing = asyncio.create_task(bench.writer.write(bench.key, entries, progress=bench.progress))
    await asyncio.sleep(after)

    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await bench.leaves_nothing()


class BrokenUploads(S3MultipartUploads):
    """The real ones, of which the second part fails after a while."""

    async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
        if number == 2:
            await asyncio.sleep(0.05)
            raise Unavailable("the object store went away")
        return await super().put(key, upload_id=upload_id, number=number, body=body)


async def test_a_part_that_fails_ends_it_and_leaves_nothing(
    bench: Bench, s3: S3Connection, originals: Sequence[ArchiveEntry]
) -> None:
    entries = [replace(entry, name=f"{copy}/{entry.name}") for copy in range(2) for entry in originals]
    writer = bench.writing_to(BrokenUploads(s3))

    with pytest.raises(Unavailable, match="went away"):
        await writer.write(bench.key, entries, progress=bench.progress)

    assert await bench.leaves_nothing()


class RefusedUploads(S3MultipartUploads):
    """The real ones, of which completing names a part that never was."""

    async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        wrong = [replace(part, etag="0" * 32) for part in parts]
        assert await super().complete(key, upload_id=upload_id, parts=wrong) is None


async def test_parts_that_the_store_refuses_leave_nothing(
    bench: Bench, s3: S3Connection, originals: Sequence[ArchiveEntry]
) -> None:
    writer = bench.writing_to(RefusedUploads(s3))

    with pytest.raises(Unavailable, match="assemble"):
        await writer.write(bench.key, originals, progress=bench.progress)

    assert await bench.leaves_nothing()


async def test_a_large_archive_takes_constant_memory_and_tells_how_far_it_is(bench: Bench) -> None:
    entry = await bench.original("video.mp4", bytes(26 * MIB))
    entries = [replace(entry, name=f"{number}.mp4") for number in range(4)]
    tracemalloc.start()
    try:
        written = await bench.writer.write(bench.key, entries, progress=bench.progress)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert written.size > written.extracted_size == 104 * MIB
    assert peak < 32 * MIB
    assert bench.told == sorted(bench.told)
    assert len(bench.told) > 1
    assert bench.told[-1] == 1.0
    assert all(0 < fraction <= 1 for fraction in bench.told)
