"""A listing goes on where a page ended."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest

from adapters.s3.address import BucketAddress
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import S3Connection, open_s3
from adapters.s3.store import S3ObjectStore
from domain.checksum import Checksum

NAMES = [
    "a/b",
    "a/c/d",
    "a b+c&d=e",
    "a+b",
    "a-b",
    "a.b",
    "a0",
    "A",
    "100%",
    "%41",
    "query?x#y",
    "quote'\"<tag>&amp;",
    "line\nbreak",
    " blank ",
    ".hidden",
    "é",
    "ü/1",
    "写真",
    "\U0001f600",
]


@pytest.fixture
async def fresh(bucket_address: BucketAddress) -> AsyncIterator[S3Connection]:
    """A bucket of the test's own."""
    async with open_s3(replace(bucket_address, bucket=f"fresh-{uuid4().hex}")) as s3:
        await prepare_bucket(s3, cors_origins=[])
        yield s3


async def put(s3: S3Connection, key: str) -> None:
    await S3ObjectStore(s3).put(key, b"x", content_type="image/png", checksum=Checksum(sha256(b"x").digest()))


async def listed(s3: S3Connection, prefix: str, page_size: int) -> list[str]:
    return [entry.key async for entry in S3ObjectStore(s3, page_size=page_size).listing(prefix)]


@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
async def test_wherever_a_page_ends_each_object_is_listed_once(s3: S3Connection, page_size: int) -> None:
    prefix = uuid4().hex
    for name in NAMES:
        await put(s3, f"{prefix}/{name}")

    for start in ("", "a", "a/", "%", "写"):
        found = await listed(s3, f"{prefix}/{start}", page_size)
        assert sorted(found) == sorted([f"{prefix}/{name}" for name in NAMES if name.startswith(start)])


@pytest.mark.parametrize("count", [0, 2, 3, 4, 6])
async def test_a_last_page_may_be_full(s3: S3Connection, count: int) -> None:
    keys = [f"{prefix}/{number}" for prefix in [uuid4().hex] for number in range(count)]
    for key in keys:
        await put(s3, key)

    assert await listed(s3, keys[0][:33] if keys else uuid4().hex, 3) == keys


async def test_no_prefix_lists_the_whole_bucket_and_no_parts(fresh: S3Connection) -> None:
    assert await listed(fresh, "", 10) == []
    upload = await fresh.client.create_multipart_upload(Bucket=fresh.address.bucket, Key="a/video")
    await fresh.client.upload_part(
        Bucket=fresh.address.bucket, Key="a/video", UploadId=upload["UploadId"], PartNumber=1, Body=b"part"
    )
    for key in ("a/photo", "b", "c/d/photo"):
        await put(fresh, key)

    assert await listed(fresh, "", 2) == ["a/photo", "b", "c/d/photo"]
