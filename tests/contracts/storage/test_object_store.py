"""What every ObjectStore keeps, in memory and on S3."""

import asyncio
import random
import zlib
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from application.concurrency import map_bounded
from application.ports.storage import ObjectChanged, ObjectNotFound, StoredObject
from domain.checksum import Checksum
from domain.errors import Unavailable
from tests.contracts.storage.conftest import Storage

MIB = 1024 * 1024
UNUSUAL = [
    "a b+c&d=e",
    "été/100%",
    "%41%2F?query#fragment",
    "tilde~quote'\"<tag>&amp;",
    "日本/写真.jpg",
    "\U0001f600/line\nbreak\ttab",
    " blank /ends ",
    ".hidden/-dash",
    "o" * 200 + "/" + "x" * 200,
]


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def checksum_of(data: bytes) -> Checksum:
    return Checksum(sha256(data).digest())


async def put(storage: Storage, name: str, body: bytes = b"x", content_type: str = "image/png") -> StoredObject:
    key = storage.key(name)
    return await storage.objects.put(key, body, content_type=content_type, checksum=checksum_of(body))


async def put_in_parts(storage: Storage, name: str, body: bytes) -> StoredObject:
    key = storage.key(name)
    upload_id = await storage.uploads.begin(key, content_type="image/png")
    part = await storage.uploads.put(key, upload_id=upload_id, number=1, body=body)
    stored = await storage.uploads.complete(key, upload_id=upload_id, parts=[part])
    assert stored is not None
    return stored


async def listed(storage: Storage, prefix: str = "") -> list[str]:
    """Names below the prefix, as the store lists them."""
    start = len(storage.key(""))
    return [entry.key[start:] async for entry in storage.objects.listing(storage.key(prefix))]


def file_with(data: bytes, folder: Path) -> Path:
    path = folder / "source"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, MIB, 3 * MIB + 17])
async def test_what_was_uploaded_comes_back(storage: Storage, tmp_path: Path, size: int) -> None:
    data = some_bytes(size)
    checksum = checksum_of(data)

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


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 3 * MIB])
async def test_the_start_can_be_read_alone(storage: Storage, size: int) -> None:
    data = some_bytes(size)
    await put(storage, "object", data)

    assert await storage.objects.read_start(storage.key(), at_most=4096) == data[:4096]
    assert await storage.objects.read_start(storage.key(), at_most=4 * MIB) == data


async def test_of_what_is_not_there_no_start_can_be_read(storage: Storage) -> None:
    with pytest.raises(ObjectNotFound, match=storage.key("absent")):
        await storage.objects.read_start(storage.key("absent"), at_most=4096)


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


@pytest.mark.parametrize("name", UNUSUAL)
async def test_keys_are_taken_literally(storage: Storage, name: str) -> None:
    stored = await put(storage, name)
    copied = await storage.objects.copy(stored.key, storage.key(f"copy/{name}"), content_type="image/webp")
    back = await storage.objects.copy(copied.key, stored.key, content_type="image/gif")

    assert stored.key == back.key == storage.key(name)
    assert await storage.objects.head(storage.key(name)) == back
    assert sorted(await listed(storage)) == sorted([name, f"copy/{name}"])
    await storage.objects.delete([storage.key(name)])
    assert await storage.objects.head(storage.key(name)) is None
    assert await listed(storage) == [f"copy/{name}"]


@pytest.mark.parametrize("size", [0, 1, MIB, 6 * MIB + 17])
async def test_bytes_that_were_put_come_back(storage: Storage, tmp_path: Path, size: int) -> None:
    data = some_bytes(size)

    stored = await put(storage, "object", data)
    received = await storage.objects.download(storage.key(), tmp_path / "copy")

    assert stored == await storage.objects.head(storage.key())
    assert (stored.key, stored.size, stored.content_type) == (storage.key(), size, "image/png")
    assert stored.checksum == received.checksum == checksum_of(data)
    assert (tmp_path / "copy").read_bytes() == data


async def test_a_put_replaces_and_may_be_repeated(storage: Storage, tmp_path: Path) -> None:
    await put(storage, "object", b"first")
    once = await put(storage, "object", b"second", content_type="image/webp")
    again = await put(storage, "object", b"second", content_type="image/webp")

    assert once == again == await storage.objects.head(storage.key())
    assert (await storage.objects.download(storage.key(), tmp_path / "copy")).head == b"second"


async def test_other_bytes_than_the_checksum_says_are_not_written(storage: Storage) -> None:
    before = await put(storage, "there", b"before")

    for name in ("there", "new"):
        with pytest.raises(Unavailable):
            await storage.objects.put(
                storage.key(name), b"after", content_type="image/png", checksum=checksum_of(b"other")
            )

    assert await storage.objects.head(storage.key("there")) == before
    assert await storage.objects.head(storage.key("new")) is None


@pytest.mark.parametrize("size", [0, 3, 9 * MIB + 1])
async def test_a_copy_has_the_same_bytes_and_checksum_and_a_type_of_its_own(
    storage: Storage, tmp_path: Path, size: int
) -> None:
    data = some_bytes(size)
    source = await put(storage, "source", data)

    once = await storage.objects.copy(source.key, storage.key("copy"), content_type="image/webp")
    again = await storage.objects.copy(source.key, storage.key("copy"), content_type="image/webp")

    assert once == again == await storage.objects.head(storage.key("copy"))
    assert (once.key, once.size, once.content_type) == (storage.key("copy"), size, "image/webp")
    assert once.checksum == source.checksum == checksum_of(data)
    assert await storage.objects.head(source.key) == source
    await storage.objects.delete([source.key])
    await storage.objects.download(once.key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


async def test_an_object_from_parts_is_copied_whole(storage: Storage, tmp_path: Path) -> None:
    data = some_bytes(5 * MIB + 17)
    key = storage.key("source")
    upload_id = await storage.uploads.begin(key, content_type="video/mp4")
    parts = [
        await storage.uploads.put(key, upload_id=upload_id, number=number, body=body)
        for number, body in enumerate([data[: 5 * MIB], data[5 * MIB :]], start=1)
    ]
    await storage.uploads.complete(key, upload_id=upload_id, parts=parts)

    copied = await storage.objects.copy(key, storage.key("copy"), content_type="video/mp4")

    assert copied == await storage.objects.head(copied.key)
    assert copied.size == len(data)
    await storage.objects.delete([key])
    await storage.objects.download(copied.key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


async def test_a_copy_replaces_what_was_there(storage: Storage, tmp_path: Path) -> None:
    await put(storage, "there", b"longer than the new one", content_type="text/plain")
    source = await put(storage, "source", b"new")

    copied = await storage.objects.copy(source.key, storage.key("there"), content_type="image/png")

    assert copied == await storage.objects.head(storage.key("there"))
    assert (await storage.objects.download(storage.key("there"), tmp_path / "copy")).head == b"new"


async def test_a_copy_onto_itself_changes_the_type_alone(storage: Storage, tmp_path: Path) -> None:
    data = some_bytes(MIB)
    stored = await put(storage, "object", data)

    copied = await storage.objects.copy(stored.key, stored.key, content_type="application/pdf")

    assert copied == replace(stored, content_type="application/pdf") == await storage.objects.head(stored.key)
    await storage.objects.download(stored.key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


async def test_a_missing_source_is_not_found_and_leaves_what_was_there(storage: Storage) -> None:
    there = await put(storage, "there")

    for name in ("there", "nowhere"):
        with pytest.raises(ObjectNotFound, match=storage.key("absent")):
            await storage.objects.copy(storage.key("absent"), storage.key(name), content_type="image/png")

    assert await storage.objects.head(there.key) == there
    assert await storage.objects.head(storage.key("nowhere")) is None


@pytest.mark.parametrize("in_parts", [False, True], ids=["put", "in parts"])
async def test_a_copy_of_what_was_looked_at_is_of_no_other(storage: Storage, in_parts: bool) -> None:
    write = put_in_parts if in_parts else put
    there, seen = await put(storage, "there"), await write(storage, "source", b"seen")
    before = await storage.objects.copy(seen.key, storage.key("copy"), content_type="image/png", if_match=seen.etag)
    await put(storage, "source", b"others")

    for name in ("there", "nowhere"):
        with pytest.raises(ObjectChanged, match=seen.key):
            await storage.objects.copy(seen.key, storage.key(name), content_type="image/png", if_match=seen.etag)
    with pytest.raises(ObjectNotFound):
        await storage.objects.copy(storage.key("absent"), there.key, content_type="image/png", if_match=seen.etag)

    assert before.size == seen.size
    assert await storage.objects.head(there.key) == there
    assert await storage.objects.head(storage.key("nowhere")) is None


async def test_a_listing_describes_what_is_below_the_prefix(storage: Storage) -> None:
    stored = [await put(storage, name, name.encode()) for name in ("a", "b/1", "b/2")]
    await put(storage, "c")

    entries = [entry async for entry in storage.objects.listing(storage.key("b/"))]

    assert [(entry.key, entry.size, entry.etag) for entry in entries] == [
        (described.key, described.size, described.etag) for described in stored[1:]
    ]
    assert all(abs(entry.modified_at - storage.now) < timedelta(minutes=10) for entry in entries)
    assert await listed(storage) == ["a", "b/1", "b/2", "c"]
    assert await listed(storage, "b") == ["b/1", "b/2"]
    assert await listed(storage, "b/2") == ["b/2"]
    assert await listed(storage, "nothing") == []


async def test_a_rewritten_object_is_listed_once_as_it_is_now(storage: Storage) -> None:
    await put(storage, "object", b"first")
    now = await put(storage, "object", b"second")

    (entry,) = [entry async for entry in storage.objects.listing(storage.key())]

    assert (entry.size, entry.etag) == (now.size, now.etag)


async def test_an_upload_that_is_not_complete_is_not_listed(storage: Storage) -> None:
    upload_id = await storage.uploads.begin(storage.key("video"), content_type="video/mp4")
    await storage.uploads.put(storage.key("video"), upload_id=upload_id, number=1, body=b"part")

    assert await listed(storage) == []
    await storage.uploads.abort(storage.key("video"), upload_id=upload_id)


async def test_more_than_a_thousand_objects_are_listed_in_the_order_of_their_keys(storage: Storage) -> None:
    names = [f"{number % 7}/{number:05d}" for number in range(1234)]
    await map_bounded(lambda name: put(storage, name), names, at_once=16)

    assert await listed(storage) == sorted(names)


async def test_what_is_listed_may_be_deleted_meanwhile(storage: Storage) -> None:
    names = [f"{number:05d}" for number in range(1010)]
    await map_bounded(lambda name: put(storage, name), names, at_once=16)

    seen = []
    async for entry in storage.objects.listing(storage.key("")):
        seen.append(entry.key)
        if len(seen) % 10 == 0:  # where a page ends too: what it ended with is gone when the next is asked for
            await storage.objects.delete(seen[-10:])

    assert seen == [storage.key(name) for name in names]
    assert await listed(storage) == []


async def test_a_character_that_xml_cannot_hold_does_not_spoil_a_listing(storage: Storage) -> None:
    for name in ("before", "control\x01", "later"):
        await put(storage, name)

    assert await listed(storage) == ["before", "control\x01", "later"]


async def test_a_listing_may_be_left_early(storage: Storage) -> None:
    for name in ("a", "b", "c"):
        await put(storage, name)

    async for entry in storage.objects.listing(storage.key("")):
        assert entry.key == storage.key("a")
        break


async def test_two_hundred_objects_are_described_at_once(storage: Storage, tmp_path: Path) -> None:
    stored = await storage.objects.upload(storage.key(), file_with(b"x", tmp_path), content_type="image/png")

    described = await asyncio.gather(*[storage.objects.head(storage.key()) for _ in range(200)])

    assert described == [stored] * 200
