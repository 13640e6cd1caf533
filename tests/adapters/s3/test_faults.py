"""A store that stumbles is asked again; one that does not answer is Unavailable, in bounded time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.s3.address import BucketAddress
from adapters.s3.connection import S3Connection, open_s3
from adapters.s3.errors import StoreRefused
from adapters.s3.multipart import S3MultipartUploads
from adapters.s3.requests import Timeouts
from adapters.s3.store import S3ObjectStore
from application.ports.storage import ObjectStore
from domain.checksum import Checksum
from domain.errors import Unavailable
from tests.adapters.s3.faulty_proxy import (
    BREAK,
    CLOSE,
    CUT,
    FAIL,
    HANG,
    LATE,
    ONCE,
    SLOW,
    FaultyProxy,
    faulty_proxy,
)

IMPATIENT = Timeouts(connect=0.5, silence=0.3, total=1)


@pytest.fixture
async def proxied(bucket_address: BucketAddress) -> AsyncIterator[tuple[FaultyProxy, S3Connection]]:
    async with faulty_proxy(bucket_address) as (proxy, address), open_s3(address, timeouts=IMPATIENT) as s3:
        yield proxy, s3


@pytest.fixture
async def photo(s3: S3Connection, tmp_path: Path) -> tuple[str, Path]:
    """A key with 2 MB under it, and the file they came from."""
    source = tmp_path / "photo"
    source.write_bytes(bytes(range(250)) * 8000)
    key = f"{uuid4().hex}/photo"
    await S3ObjectStore(s3).upload(key, source, content_type="image/jpeg")
    return key, source


async def put(store: ObjectStore, key: str, body: bytes) -> None:
    await store.put(key, body, content_type="image/png", checksum=Checksum(sha256(body).digest()))


@pytest.mark.parametrize("faults", [[CLOSE], [FAIL], [FAIL, FAIL], [CLOSE, FAIL]], ids=" ".join)
async def test_a_stumble_is_repeated_and_not_seen(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path], tmp_path: Path, faults: list[str]
) -> None:
    (proxy, s3), (key, source) = proxied, photo
    store = S3ObjectStore(s3)

    proxy.faults += faults
    stored = await store.upload(key, source, content_type="image/png")
    proxy.faults += faults
    assert await store.head(key) == stored
    proxy.faults += faults
    received = await store.download(key, tmp_path / "copy")
    proxy.faults += faults
    async with store.read(key) as chunks:
        assert len(b"".join([chunk async for chunk in chunks])) == stored.size
    proxy.faults += faults
    await put(store, f"{key}/put", b"small")
    proxy.faults += faults
    copied = await store.copy(key, f"{key}/copy", content_type="image/webp")
    proxy.faults += faults
    listed = [entry.key async for entry in store.listing(key)]

    assert received.checksum == stored.checksum == copied.checksum
    assert listed == [key, f"{key}/copy", f"{key}/put"]


@pytest.mark.parametrize("faults", [[CLOSE], [FAIL, FAIL], [LATE], [LATE, LATE]], ids=" ".join)
async def test_a_copy_that_stumbles_is_repeated(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path], faults: list[str]
) -> None:
    (proxy, s3), (key, source) = proxied, photo
    proxy.faults += [ONCE, *faults]

    copied = await S3ObjectStore(s3).copy(key, f"{key}/copy", content_type="image/webp")

    assert (copied.size, copied.content_type) == (source.stat().st_size, "image/webp")
    assert not proxy.faults


async def test_a_store_may_copy_in_silence_for_longer_than_it_may_be_silent_otherwise(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path]
) -> None:
    (proxy, s3), (key, _) = proxied, photo
    proxy.faults += [ONCE, SLOW]

    await S3ObjectStore(s3).copy(key, f"{key}/copy", content_type="image/webp")

    assert proxy.connections == 2


@pytest.mark.parametrize("fault", [CLOSE, FAIL, HANG, LATE])
async def test_a_copy_that_keeps_failing_is_unavailable_soon(
    proxied: tuple[FaultyProxy, S3Connection], s3: S3Connection, fault: str
) -> None:
    proxy, through_proxy = proxied
    key = uuid4().hex
    await put(S3ObjectStore(s3), key, b"small")
    proxy.faults += [ONCE, *[fault] * 20]
    began = time.monotonic()

    with pytest.raises(Unavailable) as caught:
        await S3ObjectStore(through_proxy).copy(key, f"{key}/copy", content_type="image/webp")

    assert caught.type is Unavailable
    assert proxy.connections <= 7
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("fault", [CLOSE, FAIL, HANG])
async def test_puts_copies_and_listings_are_unavailable_soon(
    proxied: tuple[FaultyProxy, S3Connection], fault: str
) -> None:
    proxy, s3 = proxied
    store = S3ObjectStore(s3)
    proxy.faults += [fault] * 40
    began = time.monotonic()

    with pytest.raises(Unavailable):
        await put(store, "key", b"small")
    with pytest.raises(Unavailable):
        await store.copy("key", "copy", content_type="image/png")
    with pytest.raises(Unavailable):
        await anext(store.listing("key"))

    assert time.monotonic() - began < 8


async def test_an_error_in_place_of_a_listing_is_no_empty_listing(proxied: tuple[FaultyProxy, S3Connection]) -> None:
    proxy, s3 = proxied
    proxy.faults += [LATE] * 3

    with pytest.raises(Unavailable, match="no listing"):
        await anext(S3ObjectStore(s3).listing("key"))


async def test_a_download_that_breaks_off_begins_again(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path], tmp_path: Path
) -> None:
    (proxy, s3), (key, source) = proxied, photo
    proxy.faults += [CUT, CUT]

    received = await S3ObjectStore(s3).download(key, tmp_path / "copy")

    assert received.size == source.stat().st_size
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert proxy.connections == 3


async def test_an_upload_that_breaks_off_begins_again_from_its_first_byte(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path]
) -> None:
    (proxy, s3), (key, source) = proxied, photo
    proxy.faults.append(BREAK)

    stored = await S3ObjectStore(s3).upload(key, source, content_type="image/png")

    assert (stored.size, stored.content_type) == (source.stat().st_size, "image/png")
    assert proxy.connections == 2


async def test_a_part_that_breaks_off_begins_again_from_its_first_byte(
    proxied: tuple[FaultyProxy, S3Connection], s3: S3Connection, photo: tuple[str, Path]
) -> None:
    (proxy, through_proxy), (key, source) = proxied, photo
    upload_id = await S3MultipartUploads(s3).begin(key, content_type="image/jpeg")
    proxy.faults.append(BREAK)

    part = await S3MultipartUploads(through_proxy).put(key, upload_id=upload_id, number=1, body=source.read_bytes())

    assert [part] == await S3MultipartUploads(s3).parts(key, upload_id=upload_id)
    assert proxy.connections == 2
    await S3MultipartUploads(s3).abort(key, upload_id=upload_id)


async def test_a_read_that_breaks_off_is_unavailable(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path]
) -> None:
    (proxy, s3), (key, _) = proxied, photo
    proxy.faults.append(CUT)

    with pytest.raises(Unavailable):
        async with S3ObjectStore(s3).read(key) as chunks:
            _ = [chunk async for chunk in chunks]


@pytest.mark.parametrize("fault", [CLOSE, FAIL, HANG, CUT])
async def test_a_store_that_keeps_failing_is_unavailable_soon_and_leaves_no_file(
    proxied: tuple[FaultyProxy, S3Connection], photo: tuple[str, Path], tmp_path: Path, fault: str
) -> None:
    (proxy, s3), (key, _) = proxied, photo
    proxy.faults += [fault] * 20
    began = time.monotonic()

    with pytest.raises(Unavailable) as caught:
        await S3ObjectStore(s3).download(key, tmp_path / "copy")

    assert caught.type is Unavailable
    assert not (tmp_path / "copy").exists()
    assert proxy.connections <= 6
    assert time.monotonic() - began < 5


async def test_calls_through_botocore_are_unavailable_too(proxied: tuple[FaultyProxy, S3Connection]) -> None:
    proxy, s3 = proxied
    uploads, store = S3MultipartUploads(s3), S3ObjectStore(s3)
    calls = {
        HANG: lambda: uploads.begin("key", content_type="video/mp4"),
        FAIL: lambda: uploads.parts("key", upload_id="unknown"),
        CLOSE: lambda: store.delete(["key"]),
    }
    for fault, call in calls.items():
        proxy.faults[:] = [fault] * 20
        with pytest.raises(Unavailable):
            await asyncio.wait_for(call(), 20)


async def test_nothing_listens_there(bucket_address: BucketAddress, tmp_path: Path) -> None:
    async with open_s3(replace(bucket_address, endpoint_url="http://127.0.0.1:1")) as s3:
        with pytest.raises(Unavailable):
            await S3ObjectStore(s3).head("key")
        with pytest.raises(Unavailable):
            await S3ObjectStore(s3).delete(["key"])


@pytest.mark.parametrize("wrong", [{"secret_key": "wrong"}, {"bucket": "no-such-bucket"}], ids=str)
async def test_a_wrong_key_or_bucket_is_a_refusal_and_not_an_absent_object(
    bucket_address: BucketAddress, tmp_path: Path, wrong: dict[str, str]
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    async with open_s3(replace(bucket_address, **wrong)) as s3:
        store = S3ObjectStore(s3)
        with pytest.raises(StoreRefused):
            await store.download("key", tmp_path / "copy")
        with pytest.raises(StoreRefused):
            await store.upload("key", source, content_type="image/png")
        with pytest.raises(StoreRefused):
            await put(store, "key", b"x")
        with pytest.raises(StoreRefused):
            await store.copy("key", "copy", content_type="image/png")
        with pytest.raises(StoreRefused):
            await anext(store.listing(""))
        with pytest.raises(StoreRefused):
            await store.delete(["key"])
