"""Streams that end before their end leave neither object nor upload, in memory and on S3."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from application.ports.storage import Bytes, StoredObject, UploadedPart
from application.storage.streamed_uploads import StreamedUploads
from domain.errors import Rejected, Unavailable
from tests.application.stubs import RecordingLog
from tests.contracts.storage.conftest import Storage
from tests.contracts.storage.streaming import PART, OtherUploads, leaves_nothing, opened, streamed


@pytest.mark.parametrize("size", [10, PART + 1])
async def test_a_type_that_is_refused_sends_nothing(storage: Storage, size: int) -> None:
    def refused(head: bytes) -> str:
        raise Rejected("not this type")

    with pytest.raises(Rejected, match="not this type"):
        await streamed(storage, bytes(size), content_type=refused)

    assert await leaves_nothing(storage)


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 3 * PART + 1])
@pytest.mark.parametrize("leaving", [ValueError, asyncio.CancelledError, None])
async def test_a_stream_that_was_not_finished_leaves_nothing(
    storage: Storage, size: int, leaving: type[BaseException] | None
) -> None:
    left = False
    try:
        async with opened(storage) as stream:
            await stream.write(bytes(size))
            if leaving:
                raise leaving
    except (ValueError, asyncio.CancelledError):
        left = True

    assert left is (leaving is not None)
    assert await leaves_nothing(storage)


async def test_what_was_finished_stays_though_its_block_fails(storage: Storage) -> None:
    async def failing_later() -> None:
        async with opened(storage) as stream:
            await stream.write(b"bytes")
            await stream.finish()
            raise ValueError("later")

    with pytest.raises(ValueError, match="later"):
        await failing_later()

    described = await storage.objects.head(storage.key())
    assert described is not None
    assert described.size == 5


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_part_that_fails_ends_the_stream_and_leaves_nothing(storage: Storage, number: int) -> None:
    class Broken(OtherUploads):
        async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
            if number == failing:
                await asyncio.sleep(0.05)
                raise Unavailable("the object store went away")
            return await super().put(key, upload_id=upload_id, number=number, body=body)

    failing = number
    with pytest.raises(Unavailable, match="went away"):
        await streamed(storage, *[bytes(PART // 2)] * 5, uploads=Broken(storage.uploads))

    assert await leaves_nothing(storage)


async def test_a_failed_part_cannot_be_passed_over(storage: Storage) -> None:
    class Broken(OtherUploads):
        async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
            if number == 2:
                raise Unavailable("the object store went away")
            return await super().put(key, upload_id=upload_id, number=number, body=body)

    async def not_listening() -> None:
        async with opened(storage, uploads=Broken(storage.uploads)) as stream:
            for _ in range(5):
                with suppress(Unavailable):
                    await stream.write(bytes(PART))
            await stream.finish()

    with pytest.raises(Unavailable, match="assemble"):
        await not_listening()

    assert await leaves_nothing(storage)


async def test_parts_that_the_store_refuses_leave_nothing(storage: Storage) -> None:
    class Refused(OtherUploads):
        async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
            wrong = [replace(part, etag="0" * 32) for part in parts]
            return await super().complete(key, upload_id=upload_id, parts=wrong)

    with pytest.raises(Unavailable, match="assemble"):
        await streamed(storage, bytes(PART + 1), uploads=Refused(storage.uploads))

    assert await leaves_nothing(storage)


async def test_an_object_that_the_store_made_but_did_not_confirm_is_taken_back(storage: Storage) -> None:
    class Unheard(OtherUploads):
        async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
            assert await super().complete(key, upload_id=upload_id, parts=parts) is not None
            raise Unavailable("no answer")

    with pytest.raises(Unavailable, match="no answer"):
        await streamed(storage, bytes(PART + 1), uploads=Unheard(storage.uploads))

    assert await leaves_nothing(storage)


async def test_a_stream_that_is_cancelled_at_its_very_end_takes_its_object_back(storage: Storage) -> None:
    completing = asyncio.Event()

    class Slow(OtherUploads):
        async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
            completing.set()
            await asyncio.sleep(0.05)
            return await super().complete(key, upload_id=upload_id, parts=parts)

    task = asyncio.create_task(streamed(storage, bytes(PART + 1), uploads=Slow(storage.uploads)))
    await completing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await leaves_nothing(storage)


async def test_an_upload_that_cannot_be_aborted_is_noted_and_hides_nothing(storage: Storage) -> None:
    class Stuck(OtherUploads):
        async def abort(self, key: str, *, upload_id: str) -> None:
            raise Unavailable("no answer")

    log = RecordingLog()
    streams = StreamedUploads(store=storage.objects, uploads=Stuck(storage.uploads), log=log)

    async def failing() -> None:
        async with streams.open(storage.key(), content_type="video/mp4") as stream:
            await stream.write(bytes(PART + 1))
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        await failing()

    assert log.events == ["storage.stream_not_discarded"]
