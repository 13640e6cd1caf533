"""What every ObjectStore keeps, in memory and on S3."""

import asyncio
import random
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from application.ports.storage import ObjectNotFound
from domain.checksum import Checksum
from tests.contracts.storage.conftest import Storage

MIB = 1024 * 1024


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def file_with(data: bytes, folder: Path) -> Path:
    path = folder / "source"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, MIB, 3 * MIB + 17])
async def test_what_was_uploaded_comes_back(storage: Storage, tmp_path: Path, size: int) -> None:
    data = some_bytes(size)
    checksum = Checksum(sha256(data).digest())

    stored = await storage.objects.upload(storage.key(), file_with(data, tmp_path), content_type="image/png")
    described = await storage.objects.head(storage.key())
    received = await storage.objects.download(storage.key(), tmp_path / "copy")

    assert described == stored
    assert (stored.key, stored.size, stored.content_type) == (storage.key(), size, "image/png")
    assert stored.checksum == received.checksum == checksum
    assert (received.size, received.crc32, received.head) == (size, zlib.crc32(data), data[:4096])
    assert (tmp_path / "copy").read_bytes() == data


async def test_an_upload_replaces_and_may_be_repeated(storage: Storage, tmp_path: Path) -> None:
    await storage.objects.upload(storage.key(), file_with(b"first", tmp_path), content_type="image/png")
    source = file_with(b"second", tmp_path)
    once = await storage.objects.upload(storage.key(), source, content_type="image/webp")
    again = await storage.objects.upload(storage.key(), source, content_type="image/webp")

    assert once == again == await storage.objects.head(storage.key())
    assert (await storage.objects.download(storage.key(), tmp_path / "copy")).head == b"second"


async def test_reading_yields_chunks_of_a_mebibyte_at_most(storage: Storage, tmp_path: Path) -> None:
    data = some_bytes(2 * MIB + 5)
    await storage.objects.upload(storage.key(), file_with(data, tmp_path), content_type="video/mp4")

    async with storage.objects.read(storage.key()) as chunks:
        read = [chunk async for chunk in chunks]

    assert b"".join(read) == data
    assert max(len(chunk) for chunk in read) <= MIB


async def test_a_reader_may_leave_early(storage: Storage, tmp_path: Path) -> None:
    data = some_bytes(4 * MIB)
    await storage.objects.upload(storage.key(), file_with(data, tmp_path), content_type="video/mp4")

    for _ in range(3):
        async with storage.objects.read(storage.key()) as chunks:
            assert await anext(chunks) == data[:MIB]
    assert (await storage.objects.download(storage.key(), tmp_path / "copy")).size == len(data)


async def test_an_absent_object_is_not_found(storage: Storage, tmp_path: Path) -> None:
    absent = storage.key("absent")

    assert await storage.objects.head(absent) is None
    with pytest.raises(ObjectNotFound, match=absent):
        await storage.objects.download(absent, tmp_path / "copy")
    with pytest.raises(ObjectNotFound):
        async with storage.objects.read(absent):
            pytest.fail("entered")
    assert not (tmp_path / "copy").exists()


async def test_deleted_objects_are_gone_and_absent_ones_no_error(storage: Storage, tmp_path: Path) -> None:
    source = file_with(b"bytes", tmp_path)
    for name in ("one", "two", "kept"):
        await storage.objects.upload(storage.key(name), source, content_type="image/png")

    await storage.objects.delete([storage.key("one"), storage.key("never was"), storage.key("two")])
    await storage.objects.delete([storage.key("one")])
    await storage.objects.delete([])

    assert await storage.objects.head(storage.key("one")) is None
    assert await storage.objects.head(storage.key("two")) is None
    assert await storage.objects.head(storage.key("kept")) is not None


@pytest.mark.parametrize("name", ["a b+c&d=e", "été/100%", "tilde~quote'", "日本/写真.jpg"])
async def test_keys_are_taken_literally(storage: Storage, tmp_path: Path, name: str) -> None:
    stored = await storage.objects.upload(storage.key(name), file_with(b"x", tmp_path), content_type="image/png")

    assert stored.key == storage.key(name)
    assert await storage.objects.head(storage.key(name)) == stored
    await storage.objects.delete([storage.key(name)])
    assert await storage.objects.head(storage.key(name)) is None


async def test_two_hundred_objects_are_described_at_once(storage: Storage, tmp_path: Path) -> None:
    stored = await storage.objects.upload(storage.key(), file_with(b"x", tmp_path), content_type="image/png")

    described = await asyncio.gather(*[storage.objects.head(storage.key()) for _ in range(200)])

    assert described == [stored] * 200
