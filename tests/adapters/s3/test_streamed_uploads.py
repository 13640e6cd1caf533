"""Streams through the real store: constant memory, and whenever they are cut short, nothing left."""

import asyncio
import time
import tracemalloc
from contextlib import suppress
from hashlib import sha256
from uuid import uuid4

import pytest

from adapters.s3 import multipart
from adapters.s3.address import BucketAddress
from adapters.s3.connection import S3Connection, open_s3
from adapters.s3.errors import StoreRefused
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.requests import Timeouts
from adapters.s3.store import S3ObjectStore
from application.ports.storage import StoredObject
from application.storage.streamed_uploads import StreamedUploads
from domain.errors import Unavailable
from tests.adapters.s3.faulty_proxy import BREAK, CLOSE, FAIL, HANG, SLOW, faulty_proxy
from tests.application.stubs import RecordingLog

MIB = 1024 * 1024
PIECE = bytes(range(256)) * 256


async def streamed(s3: S3Connection, key: str, mib: int) -> StoredObject:
    streams = StreamedUploads(store=S3ObjectStore(s3), uploads=S3MultipartUploads(s3), log=RecordingLog())
    async with streams.open(key, content_type="video/mp4") as stream:
        for _ in range(mib * MIB // len(PIECE)):
            await stream.write(PIECE)
        return await stream.finish()


async def leaves_nothing(s3: S3Connection, key: str) -> bool:
    answer = await s3.client.list_multipart_uploads(Bucket=s3.address.bucket, Prefix=key)
    return not answer.get("Uploads") and await S3ObjectStore(s3).head(key) is None


async def test_a_large_stream_takes_constant_memory(s3: S3Connection) -> None:
    key = uuid4().hex
    tracemalloc.start()
    try:
        stored = await streamed(s3, key, 64)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert stored.size == 64 * MIB
    assert stored.checksum is not None
    assert stored.checksum.digest == sha256(PIECE * (64 * MIB // len(PIECE))).digest()
    assert peak < 20 * MIB


@pytest.mark.parametrize("faults", [[BREAK], [FAIL, FAIL], [CLOSE, BREAK], [SLOW]], ids=" ".join)
async def test_a_part_that_stumbles_is_not_seen(bucket_address: BucketAddress, faults: list[str]) -> None:
    key = uuid4().hex
    async with faulty_proxy(bucket_address) as (proxy, address), open_s3(address) as s3:
        proxy.faults += ["", *faults]
        stored = await streamed(s3, key, 12)

    assert not proxy.faults
    assert stored.checksum is not None
    assert stored.checksum.digest == sha256(PIECE * (12 * MIB // len(PIECE))).digest()


@pytest.mark.parametrize("fault", [CLOSE, FAIL, HANG, BREAK])
@pytest.mark.parametrize("mib", [1, 16])
async def test_a_store_that_fails_in_mid_stream_is_unavailable_soon(
    bucket_address: BucketAddress, s3: S3Connection, fault: str, mib: int
) -> None:
    """What opens and aborts the upload gets through, what carries its bytes does not."""
    key = uuid4().hex
    impatient = Timeouts(connect=0.5, silence=0.3, total=1)
    began = time.monotonic()
    async with faulty_proxy(bucket_address) as (proxy, address), open_s3(address, timeouts=impatient) as through_proxy:
        if mib > 5:
            proxy.faults.append("")
        proxy.faults += [fault] * 40
        with pytest.raises(Unavailable):
            await streamed(through_proxy, key, mib)

    assert await leaves_nothing(s3, key)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("mib", [4, 16])
async def test_whenever_a_stream_is_cancelled_it_leaves_nothing(s3: S3Connection, mib: int) -> None:
    """From its first write to its last answer."""
    cancelled = 0
    for number in range(40):
        key = uuid4().hex
        task = asyncio.create_task(streamed(s3, key, mib))
        await asyncio.sleep(0.01 * number)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if not task.cancelled():
            break
        cancelled += 1
        assert await leaves_nothing(s3, key)
    assert cancelled


async def test_a_part_that_arrives_as_other_bytes_is_refused(s3: S3Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    key, uploads = uuid4().hex, S3MultipartUploads(s3)
    upload_id = await uploads.begin(key, content_type="video/mp4")
    monkeypatch.setattr(multipart, "crc32", lambda _: 1)

    with pytest.raises(StoreRefused, match=r"part 1 of .* BadDigest"):
        await uploads.put(key, upload_id=upload_id, number=1, body=PIECE)

    assert await uploads.parts(key, upload_id=upload_id) == []
