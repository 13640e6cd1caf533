"""What every MultipartUploads keeps, in memory and on S3."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from application.ports.storage import StoredObject, UploadedPart
from tests.contracts.storage.conftest import Storage

PART = 5 * 1024 * 1024


async def begun(storage: Storage) -> str:
    return await storage.uploads.begin(storage.key(), content_type="video/mp4")


async def put(storage: Storage, upload_id: str, number: int, body: bytes) -> UploadedPart:
    return await storage.uploads.put(storage.key(), upload_id=upload_id, number=number, body=body)


async def complete(storage: Storage, upload_id: str, *parts: UploadedPart) -> StoredObject | None:
    return await storage.uploads.complete(storage.key(), upload_id=upload_id, parts=parts)


async def test_parts_become_one_object_in_the_order_of_their_numbers(storage: Storage, tmp_path: Path) -> None:
    upload_id = await begun(storage)
    last = await put(storage, upload_id, 2, b"end")
    first = await put(storage, upload_id, 1, b"1" * PART)
    assert await storage.uploads.parts(storage.key(), upload_id=upload_id) == [first, last]
    assert await storage.objects.head(storage.key()) is None

    stored = await complete(storage, upload_id, first, last)

    assert stored is not None
    assert (stored.size, stored.content_type) == (PART + 3, "video/mp4")
    assert stored == await storage.objects.head(storage.key())
    await storage.objects.download(storage.key(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"1" * PART + b"end"
    assert await storage.uploads.parts(storage.key(), upload_id=upload_id) == []


async def test_the_memory_of_a_part_may_be_used_again_at_once(storage: Storage, tmp_path: Path) -> None:
    upload_id = await begun(storage)
    memory = memoryview(bytearray(b"1" * PART))
    first = await storage.uploads.put(storage.key(), upload_id=upload_id, number=1, body=memory)
    memory[:] = b"2" * PART
    last = await storage.uploads.put(storage.key(), upload_id=upload_id, number=2, body=memory[:3])
    memory[:] = b"3" * PART

    assert await complete(storage, upload_id, first, last) is not None
    await storage.objects.download(storage.key(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"1" * PART + b"222"


async def test_a_part_sent_again_replaces_the_first(storage: Storage, tmp_path: Path) -> None:
    upload_id = await begun(storage)
    await put(storage, upload_id, 1, b"old")
    await asyncio.sleep(storage.seconds_between_versions)
    new = await put(storage, upload_id, 1, b"newer")
    assert await put(storage, upload_id, 1, b"newer") == new

    assert await storage.uploads.parts(storage.key(), upload_id=upload_id) == [new]
    assert await complete(storage, upload_id, new) is not None
    assert (await storage.objects.download(storage.key(), tmp_path / "copy")).head == b"newer"


async def test_completing_twice_answers_the_same(storage: Storage) -> None:
    upload_id = await begun(storage)
    part = await put(storage, upload_id, 1, b"all of it")

    once = await complete(storage, upload_id, part)

    assert once is not None
    assert await complete(storage, upload_id, part) == once


async def test_wrong_parts_are_refused_and_the_upload_stays_open(storage: Storage) -> None:
    upload_id = await begun(storage)
    small = await put(storage, upload_id, 1, b"too small to be followed")
    last = await put(storage, upload_id, 2, b"end")

    assert await complete(storage, upload_id, replace(small, etag="0" * 32)) is None
    assert await complete(storage, upload_id, replace(small, number=3)) is None
    assert await complete(storage, upload_id, small, last) is None
    assert await complete(storage, upload_id, last, small) is None
    assert await complete(storage, upload_id) is None

    assert await storage.objects.head(storage.key()) is None
    assert await complete(storage, upload_id, small) is not None


async def test_an_unknown_upload_has_no_parts_and_completes_to_nothing(storage: Storage) -> None:
    part = UploadedPart(number=1, etag="0" * 32, size=1)

    assert await storage.uploads.parts(storage.key(), upload_id="unknown") == []
    assert await complete(storage, "unknown", part) is None
    await storage.uploads.abort(storage.key(), upload_id="unknown")


async def test_an_aborted_upload_is_forgotten(storage: Storage) -> None:
    upload_id = await begun(storage)
    part = await put(storage, upload_id, 1, b"bytes")

    await storage.uploads.abort(storage.key(), upload_id=upload_id)
    await storage.uploads.abort(storage.key(), upload_id=upload_id)

    assert await storage.uploads.parts(storage.key(), upload_id=upload_id) == []
    assert await complete(storage, upload_id, part) is None
    assert await storage.objects.head(storage.key()) is None


async def test_open_uploads_are_found_below_a_prefix(storage: Storage) -> None:
    named = [storage.key(f"below/{number}") for number in range(3)]
    opened = {key: await storage.uploads.begin(key, content_type="video/mp4") for key in named}
    await storage.uploads.put(named[0], upload_id=opened[named[0]], number=1, body=b"part")
    await begun(storage)

    found = [upload async for upload in storage.uploads.opened(storage.key("below/"))]

    assert {upload.key: upload.upload_id for upload in found} == opened
    assert all(abs(upload.began_at - storage.now) < timedelta(minutes=10) for upload in found)


async def test_what_is_complete_or_aborted_is_not_open(storage: Storage) -> None:
    upload_id = await begun(storage)
    await complete(storage, upload_id, await put(storage, upload_id, 1, b"all of it"))
    await storage.uploads.abort(storage.key(), upload_id=await begun(storage))

    assert [upload async for upload in storage.uploads.opened(storage.key(""))] == []


async def test_open_uploads_may_be_aborted_while_they_are_listed(storage: Storage) -> None:
    for number in range(5):
        await storage.uploads.begin(storage.key(str(number)), content_type="video/mp4")

    async for upload in storage.uploads.opened(storage.key("")):
        await storage.uploads.abort(upload.key, upload_id=upload.upload_id)

    assert [upload async for upload in storage.uploads.opened(storage.key(""))] == []
