"""Large objects pass through in constant memory; what is cancelled leaves nothing behind."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.s3.connection import S3Connection
from adapters.s3.errors import StoreRefused
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.store import S3ObjectStore
from domain.errors import Unavailable

MIB = 1024 * 1024
LARGE = 112 * MIB + 12_345


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every mebibyte differs, so that parts in a wrong order show."""
    path = tmp_path_factory.mktemp("large") / "video.mp4"
    with path.open("wb") as file:
        for number in range(LARGE // MIB):
            file.write(number.to_bytes(4, "big") * (MIB // 4))
        file.write(b"e" * (LARGE % MIB))
    yield path
    path.unlink()


@pytest.fixture
def key() -> str:
    return f"{uuid4().hex}/video"


@pytest.fixture
def peak_mib() -> Iterator[Callable[[], float]]:
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1] / MIB
    tracemalloc.stop()


async def has_open_upload(s3: S3Connection, key: str) -> bool:
    answer = await s3.client.list_multipart_uploads(Bucket=s3.address.bucket, Prefix=key)
    return bool(answer.get("Uploads"))


async def has_begun(path: Path) -> bool:
    return path.exists() and path.stat().st_size > MIB  # noqa: ASYNC240 (a stat, in a test)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 (the store signals nothing)
            await asyncio.sleep(0.005)


async def test_a_large_file_goes_up_in_parts_and_comes_back(
    s3: S3Connection, large_file: Path, key: str, tmp_path: Path, peak_mib: Callable[[], float]
) -> None:
    store = S3ObjectStore(s3)

    stored = await store.upload(key, large_file, content_type="video/mp4")
    received = await store.download(key, tmp_path / "copy")

    assert stored.etag.endswith("-8")
    assert stored.size == received.size == LARGE
    assert stored.checksum == received.checksum
    assert not await has_open_upload(s3, key)
    assert peak_mib() < 64


async def test_a_large_object_is_read_and_put_whole_in_constant_memory(
    s3: S3Connection, large_file: Path, key: str, peak_mib: Callable[[], float]
) -> None:
    store = S3ObjectStore(s3, single_put_limit=LARGE)
    stored = await store.upload(key, large_file, content_type="video/mp4")

    size = 0
    async with store.read(key) as chunks:
        async for chunk in chunks:
            size += len(chunk)

    assert "-" not in stored.etag
    assert size == LARGE
    assert peak_mib() < 16


async def test_a_cancelled_upload_leaves_no_object_and_no_open_upload(
    s3: S3Connection, large_file: Path, key: str
) -> None:
    upload = asyncio.create_task(S3ObjectStore(s3, part_size=5 * MIB).upload(key, large_file, content_type="video/mp4"))
    await until(partial(has_open_upload, s3, key))

    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert not await has_open_upload(s3, key)
    assert await S3ObjectStore(s3).head(key) is None


async def test_a_file_that_shrinks_while_it_is_sent_fails_the_upload(
    s3: S3Connection, key: str, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(40 * MIB))
    store = S3ObjectStore(s3, single_put_limit=MIB, part_size=5 * MIB, parts_in_flight=1)
    upload = asyncio.create_task(store.upload(key, source, content_type="video/mp4"))
    await until(partial(has_open_upload, s3, key))
    with source.open("r+b") as file:
        file.truncate(30 * MIB)

    with pytest.raises(OSError, match="changed while it was sent"):
        await upload

    assert not await has_open_upload(s3, key)
    assert await store.head(key) is None


async def test_a_cancelled_download_leaves_no_file(s3: S3Connection, key: str, tmp_path: Path) -> None:
    store = S3ObjectStore(s3)
    source = tmp_path / "source"
    source.write_bytes(bytes(48 * MIB))
    await store.upload(key, source, content_type="video/mp4")
    copy = tmp_path / "copy"
    download = asyncio.create_task(store.download(key, copy))
    await until(partial(has_begun, copy))

    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download

    assert not copy.exists()


async def test_a_part_damaged_on_the_way_is_refused(
    s3: S3Connection, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = S3MultipartUploads(s3)
    upload_id = await uploads.begin(key, content_type="video/mp4")
    monkeypatch.setattr("adapters.s3.multipart.body_of", bytes.swapcase)

    with pytest.raises(StoreRefused, match="BadDigest"):
        await uploads.put(key, upload_id=upload_id, number=1, body=b"the part")

    assert await uploads.parts(key, upload_id=upload_id) == []
    await uploads.abort(key, upload_id=upload_id)


async def test_a_file_that_changes_between_hashing_and_sending_is_refused(
    s3: S3Connection, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a" * 3 * MIB)
    send = s3.requests.send

    async def changed_before_sending(*args: object, **named: object) -> object:
        source.write_bytes(b"b" * 3 * MIB)
        return await send(*args, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(s3.requests, "send", changed_before_sending)
    with pytest.raises(Unavailable):
        await S3ObjectStore(s3).upload(key, source, content_type="image/png")

    monkeypatch.undo()
    assert await S3ObjectStore(s3).head(key) is None
