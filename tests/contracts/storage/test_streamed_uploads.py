"""Streams of unknown length become one object, in memory and on S3."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from application.ports.storage import Bytes, StoredObject, UploadedPart
from application.storage.streamed_uploads import StreamedUploads
from domain.checksum import Checksum
from domain.errors import Unavailable
from tests.application.stubs import RecordingLog
from tests.contracts.storage.conftest import Storage
from tests.contracts.storage.streaming import PART, OtherUploads, leaves_nothing, opened

SIZES = [0, 1, 4096, 4097, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 17]


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def cut(data: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = start + next(sizes)
        yield data[start:end]
        start = end


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("chunk", [100_003, 4 * PART])
async def test_what_was_written_is_there_whatever_the_pieces(
    storage: Storage, tmp_path: Path, size: int, chunk: int
) -> None:
    data = some_bytes(size)

    async with opened(storage) as stream:
        for start in range(0, size, chunk):
            await stream.write(data[start : start + chunk])
        stored = await stream.finish()

    described = await storage.objects.head(storage.key())
    assert described is not None
    assert replace(described, checksum=stored.checksum) == stored
    assert (stored.size, stored.content_type) == (size, "video/mp4")
    assert stored.checksum == stream.checksum == Checksum(sha256(data).digest())
    assert (stream.size, stream.head) == (size, data[:4096])
    await storage.objects.download(storage.key(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    assert not await storage.open_uploads(storage.prefix)


@pytest.mark.parametrize("seed", range(6))
async def test_pieces_of_any_size_make_the_same_object(storage: Storage, tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    data = some_bytes(random_.randrange(4 * PART), seed=seed)

    async with opened(storage) as stream:
        for piece in cut(data, iter(lambda: int(10 ** random_.uniform(3, 7)), None)):
            await stream.write(piece)
            await stream.write(b"")
        await stream.finish()

    await storage.objects.download(storage.key(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


async def test_a_hundred_thousand_single_bytes_are_one_small_object(storage: Storage) -> None:
    async with opened(storage) as stream:
        for _ in range(100_000):
            await stream.write(b"x")
        stored = await stream.finish()

    assert stored.size == 100_000
    assert stored.checksum == Checksum(sha256(b"x" * 100_000).digest())


@pytest.mark.parametrize(("size", "parts"), [(PART, 0), (PART + 1, 2), (2 * PART, 2), (2 * PART + 1, 3)])
async def test_one_part_is_put_with_its_checksum_and_more_are_uploaded_in_parts(
    storage: Storage, size: int, parts: int
) -> None:
    async with opened(storage) as stream:
        await stream.write(bytes(size))
        await stream.finish()

    described = await storage.objects.head(storage.key())
    assert described is not None
    assert described.checksum == (None if parts else stream.checksum)
    assert described.etag.partition("-")[2] == (str(parts) if parts else "")


@pytest.mark.parametrize("size", [10, 4096, PART + 1])
async def test_the_type_may_be_told_from_the_first_bytes(storage: Storage, size: int) -> None:
    asked: list[bytes] = []

    def named(head: bytes) -> str:
        asked.append(head)
        return "image/webp"

    data = some_bytes(size)
    async with opened(storage, content_type=named) as stream:
        await stream.write(data[:5])
        await stream.write(data[5:])
        stored = await stream.finish()

    assert stored.content_type == "image/webp"
    assert asked == [data[:4096]]


@pytest.mark.parametrize("size", [0, 17, PART])
async def test_a_small_body_may_go_elsewhere_at_once(storage: Storage, size: int) -> None:
    data = some_bytes(size)
    async with opened(storage) as stream:
        await stream.write(data)
        body = await stream.small_body()
        assert body == data
        stored = await storage.objects.put(
            storage.key(stream.checksum.hex), body, content_type="image/png", checksum=stream.checksum
        )

    assert stored.checksum == Checksum(sha256(data).digest())
    assert await leaves_nothing(storage)


@pytest.mark.parametrize("size", [0, PART, PART + 1])
async def test_the_checksum_is_known_at_the_end_before_anything_is_there(storage: Storage, size: int) -> None:
    data = some_bytes(size)
    async with opened(storage) as stream:
        await stream.write(data)
        await stream.end()
        await stream.end()
        assert (stream.size, stream.checksum) == (size, Checksum(sha256(data).digest()))
        assert await storage.objects.head(storage.key()) is None
        stored = await stream.finish()

    assert (stored.size, stored.checksum) == (size, stream.checksum)


async def test_what_others_may_have_written_stays(storage: Storage) -> None:
    """Nobody knows whose it is, when the store was too busy to say that ours is there."""
    data = some_bytes(PART + 1)

    class Unheard(OtherUploads):
        async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
            await super().complete(key, upload_id=upload_id, parts=parts)
            raise Unavailable("the object store does not answer")

    streams = StreamedUploads(store=storage.objects, uploads=Unheard(storage.uploads), log=RecordingLog())

    async def send(*, shared: bool) -> None:
        async with streams.open(storage.key(), content_type="video/mp4") as stream:
            await stream.write(data)
            await stream.finish(shared=shared)

    for shared in (True, False):
        with pytest.raises(Unavailable):
            await send(shared=shared)

        assert (await storage.objects.head(storage.key()) is not None) is shared
        assert not await storage.open_uploads(storage.prefix)


async def test_a_large_body_is_not_to_be_had(storage: Storage) -> None:
    async with opened(storage) as stream:
        await stream.write(bytes(PART + 1))
        assert await stream.small_body() is None

    assert await leaves_nothing(storage)


async def test_a_stream_goes_on_after_its_small_body_was_seen(storage: Storage) -> None:
    async with opened(storage) as stream:
        await stream.write(b"begin")
        assert await stream.small_body() == b"begin"
        await stream.write(b" end")
        stored = await stream.finish()

    assert stored.size == 9
    assert stored.checksum == stream.checksum == Checksum(sha256(b"begin end").digest())


async def test_the_checksum_is_unknown_before_the_body_is(storage: Storage) -> None:
    async with opened(storage) as stream:
        await stream.write(b"begin")
        with pytest.raises(RuntimeError):
            _ = stream.checksum


async def test_a_writer_who_is_faster_than_the_store_waits(storage: Storage) -> None:
    arrived: list[int] = []
    place = asyncio.Semaphore(0)

    class Held(OtherUploads):
        async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
            arrived.append(number)
            await place.acquire()
            return await super().put(key, upload_id=upload_id, number=number, body=body)

    async with opened(storage, uploads=Held(storage.uploads)) as stream:

        async def writing() -> None:
            for _ in range(5):
                await stream.write(bytes(PART))

        async def waits_at(written: int) -> None:
            async with asyncio.timeout(20):
                while stream.size < written:  # noqa: ASYNC110 (a writer signals nothing)
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            assert stream.size == written

        task = asyncio.create_task(writing())
        # Two parts on their way, the third is full, and the fourth is still its writer's.
        await waits_at(4 * PART)
        assert arrived == [1, 2]
        place.release()
        await waits_at(5 * PART)
        assert sorted(arrived) == [1, 2, 3]
        for _ in range(5):
            place.release()
        await task
        stored = await stream.finish()

    assert stored.size == 5 * PART


async def test_streams_do_not_disturb_each_other(storage: Storage) -> None:
    streams = StreamedUploads(store=storage.objects, uploads=storage.uploads, log=RecordingLog())

    async def one(number: int) -> StoredObject:
        async with streams.open(storage.key(str(number)), content_type="video/mp4") as stream:
            for _ in range(6):
                await stream.write(bytes([number]) * (PART // 4))
                await asyncio.sleep(0)
            return await stream.finish()

    stored = await asyncio.gather(*[one(number) for number in range(4)])

    assert [described.checksum for described in stored] == [
        Checksum(sha256(bytes([number]) * (PART // 4 * 6)).digest()) for number in range(4)
    ]


async def test_an_expected_size_makes_parts_large_enough_for_ten_thousand_of_them(storage: Storage) -> None:
    streams = StreamedUploads(store=storage.objects, uploads=storage.uploads, log=RecordingLog())
    async with streams.open(storage.key(), content_type="video/mp4", expected_size=10_000 * (PART + 7)) as stream:
        await stream.write(bytes(PART + 7))
        assert await stream.small_body() is not None
        await stream.write(b"x")
        stored = await stream.finish()

    assert stored.etag.endswith("-2")
